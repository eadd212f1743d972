import { EXIT } from '../../../model/errors.ts'
import type { ExitCode } from '../../../model/errors.ts'
import type { Sizing, SizingEvidence } from '../../../model/sizing.ts'
import type { Target } from '../../../model/subject.ts'
import { sizingDocument } from '../../../sizing/document.ts'
import { DEFAULT_POLICY, policyWithHeadroom } from '../../../sizing/policy.ts'
import { isLeak } from '../../../sizing/leak.ts'
import { sizeOf } from '../../../sizing/size-of.ts'
import { atClusters } from '../../cluster-flags.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { sizingReport } from '../../render/sizing.ts'
import { reportWidth } from '../../render/width.ts'
import { refuseContradictions } from './contradictions.ts'
import { recordingOfPrometheus } from './from-prometheus.ts'
import { evidenceOfRecording, evidenceOfSeries } from './from-series.ts'
import { evidenceOfTarget } from './from-target.ts'
import type { SizeFlags } from './flags.ts'

/** `stella size`. */
export async function size(this: CliContext, flags: SizeFlags, target?: Target): Promise<void> {
  const { evidence, found } = await gathered(atClusters(this, flags), flags, target)
  const policy = flags.headroom === undefined ? DEFAULT_POLICY : policyWithHeadroom(flags.headroom)
  const sizing = sizeOf(evidence, policy)
  this.finish(exitCodeOf(sizing))
  if (flags.json === true) {
    this.io.out(`${JSON.stringify(sizingDocument(sizing), null, 2)}\n`)
    return
  }
  this.io.out(
    sizingReport(sizing, {
      target: found,
      limitBytes: evidence.limitBytes,
      width: reportWidth(this.io),
      paint: paintFor(this.io, flags.noColor ?? false),
      quiet: flags.quiet ?? false,
    }),
  )
}

async function gathered(
  context: CliContext,
  flags: SizeFlags,
  target: Target | undefined,
): Promise<{ evidence: SizingEvidence; found: Target | null }> {
  refuseContradictions(flags, target)
  const { io } = context
  const { prometheus, series } = flags
  const told =
    prometheus === undefined ? null : await recordingOfPrometheus(context, prometheus, flags)
  if (target !== undefined) return evidenceOfTarget(context, flags, target, told)
  const evidence =
    told === null
      ? await evidenceOfSeries(io, series ?? '', flags)
      : evidenceOfRecording(told, flags, io.now())
  return { evidence, found: null }
}

/** No limit is right for what leaks or does not fit; for what is not known there may be one. */
function exitCodeOf(sizing: Sizing): ExitCode {
  if (sizing.limitBytes !== null) return EXIT.ok
  return isLeak(sizing.growth) || sizing.bounds.length > 0 ? EXIT.bad : EXIT.inconclusive
}
