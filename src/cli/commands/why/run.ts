import { redactCase, redactWorld } from '../../../evidence/redact.ts'
import type { Case } from '../../../model/case.ts'
import { EXIT, type ExitCode, usageError } from '../../../model/errors.ts'
import type { Target } from '../../../model/subject.ts'
import { diedBeside } from '../../../report/died-beside.ts'
import type { Instant } from '../../../model/time.ts'
import { runsOfCases } from '../../case-runs.ts'
import { atClusters, type ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import type { EvidenceFlags, STDIN } from '../../evidence-flags.ts'
import { gather } from '../../gather.ts'
import { printCases } from '../../print-cases.ts'

interface WhyFlags extends CommonFlags, ClusterFlags, EvidenceFlags {
  /** Milliseconds. */
  since?: number
  all?: boolean
  markdown?: boolean
}

/** `stella why`. */
export async function why(
  this: CliContext,
  flags: WhyFlags,
  target?: Target | typeof STDIN,
): Promise<void> {
  if (flags.json && flags.markdown) {
    throw usageError('--json and --markdown exclude each other', null, 'choose one of them')
  }
  const since = flags.since === undefined ? null : this.io.now() - flags.since
  const gathered = await gather(atClusters(this, flags), target, {
    command: 'why',
    flags,
    from: flags.from ?? [],
    since,
  })
  const world = redactWorld(gathered.world)
  const { investigate } = await this.engine()
  const casesOf = (all: boolean): Case[] =>
    investigate(world, gathered.target, { all })
      .filter((found) => isRecent(found, since))
      .map(redactCase)
  const cases = casesOf(flags.all ?? false)
  printCases(this.io, cases, world.unknown, {
    ...flags,
    runsOf: runsOfCases(this.io, undefined),
    besideOf: isOfWholePod(gathered.target, flags)
      ? (found) => diedBeside(found, casesOf(true), optionsIn(flags))
      : () => [],
  })
  this.finish(exitCodeFor(cases))
}

/** With `--all` the others stand there themselves. */
function isOfWholePod(target: Target | null, { all }: WhyFlags): boolean {
  return target?.kind === 'pod' && target.container === null && all !== true
}

/** What leads to the same evidence. */
function optionsIn({ from = [], kubeconfig, context }: WhyFlags): string[] {
  return [
    ...from.flatMap((path) => ['--from', path]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ]
}

/** A case without a time stays: nothing shows that it is older. */
function isRecent(found: Case, since: Instant | null): boolean {
  return since === null || found.at === null || found.at >= since
}

function exitCodeFor(cases: readonly Case[]): ExitCode {
  const decided = cases.some((found) => found.verdict.code !== 'killed-unknown')
  return decided ? EXIT.ok : EXIT.inconclusive
}
