import { redactCase } from '../../../evidence/redact.ts'
import type { Case } from '../../../model/case.ts'
import { EXIT, type ExitCode, usageError } from '../../../model/errors.ts'
import type { Target } from '../../../model/subject.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import type { EvidenceFlags, STDIN } from '../../evidence-flags.ts'
import { gather } from '../../gather.ts'
import { printCases } from '../../print-cases.ts'

interface WhyFlags extends CommonFlags, EvidenceFlags {
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
  const gathered = await gather(this, target, flags.from)
  const { investigate } = await this.engine()
  const cases = investigate(gathered.world, gathered.target, { all: flags.all ?? false })
    .filter((found) => isRecent(found, flags.since, this.io.now()))
    .map(redactCase)
  printCases(this.io, cases, gathered.world.unknown, flags)
  this.finish(exitCodeFor(cases))
}

/** A case without a time stays: nothing shows that it is older. */
function isRecent(found: Case, since: number | undefined, now: number): boolean {
  return since === undefined || found.at === null || found.at >= now - since
}

function exitCodeFor(cases: readonly Case[]): ExitCode {
  const decided = cases.some((found) => found.verdict.code !== 'killed-unknown')
  return decided ? EXIT.ok : EXIT.inconclusive
}
