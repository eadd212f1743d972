import { usageError } from '../../../model/errors.ts'
import type { Recording } from '../../../model/series.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import type { Subject, Target } from '../../../model/subject.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { readRecordings } from '../../../store/recordings.ts'
import type { CliContext } from '../../context.ts'
import { withLimit } from './from-series.ts'
import type { SizeFlags } from './flags.ts'

/**
 * What a target tells for its size: its recordings, what is known of it now, and what it shows while it is watched.
 *
 * @param elsewhere its memory over time, in the place of what stella recorded
 * @throws StellaError as collecting does; 2 where something dead is to be watched
 */
export async function evidenceOfTarget(
  context: CliContext,
  flags: SizeFlags,
  target: Target,
  elsewhere: Recording | null = null,
): Promise<{ evidence: SizingEvidence; found: Target }> {
  const engine = await context.engine()
  const before = await engine.collectSizing(target)
  const { evidence, path } = before
  const { subject } = evidence
  if (flags.for !== undefined && path === null) {
    throw usageError(
      'it does not live on this machine, so it cannot be watched',
      '--for',
      'leave it out',
    )
  }
  const watched =
    flags.for === undefined || path === null
      ? []
      : [await engine.watchGroup(path, flags.for, { subject })]
  // What the kernel counted meanwhile is part of the answer.
  const after = watched.length === 0 ? before : await engine.collectSizing(before.target)
  const recordings = [
    ...(elsewhere === null ? recorded(context, flags, subject) : [elsewhere]),
    ...watched,
    ...after.evidence.recordings,
  ]
  return {
    evidence: {
      ...after.evidence,
      recordings: recordings.map((recording) => withLimit(recording, flags.limit ?? null)),
      limitBytes: after.evidence.limitBytes ?? flags.limit ?? null,
      hostBytes: flags.host ?? after.evidence.hostBytes,
    },
    found: after.target,
  }
}

function recorded(context: CliContext, flags: SizeFlags, subject: Subject | null): Recording[] {
  if (subject === null) return []
  const folder = dataFolder(flags.data, context.io.env, process.getuid?.() === 0)
  const found = readRecordings(folder, subject)
  return found === null ? [] : [found]
}
