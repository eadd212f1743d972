/** What no fix does, whatever its driver says. */
import { formatBytes, NO_LIMIT_BYTES } from '../model/bytes.ts'
import { EXIT, StellaError, usageError, type ExitCode } from '../model/errors.ts'
import type { Change, ChangePlan, FieldChange, PlanProblem } from '../model/fix.ts'

/**
 * A limit is never taken away, the OOM killer never switched off, and nothing is put out of its reach.
 *
 * @throws StellaError (usage)
 */
export function refuseHarm(change: Change): void {
  if (change.kind !== 'limit') return
  const { limitBytes } = change
  if (Number.isSafeInteger(limitBytes) && limitBytes > 0 && limitBytes < NO_LIMIT_BYTES) return
  throw usageError(
    'a fix never takes a memory limit away: without one it can take the whole machine down',
    null,
    `give a limit in bytes above 0 and below ${formatBytes(NO_LIMIT_BYTES)}`,
  )
}

/** The same of a plan, by the names that the platforms give these settings. */
export function refuseHarmfulPlan(plan: ChangePlan): void {
  for (const change of plan.changes) {
    const harm = harmOf(change)
    if (harm !== null) {
      throw usageError(
        `the plan ${harm}, which no fix may do`,
        change.field,
        'do it by hand if you must',
      )
    }
  }
}

/**
 * What is known to be refused is not begun.
 *
 * @throws StellaError (unreachable) where a right is missing, else (bad)
 */
export function refuseProblems({ problems = [], title }: ChangePlan): void {
  const [first] = problems
  if (first === undefined) return
  const { says, todo } = first
  const exitCode = exitCodeOfProblems(problems)
  throw new StellaError({ exitCode, what: `not changed: ${says}`, where: title, todo })
}

export function exitCodeOfProblems(problems: readonly PlanProblem[]): ExitCode {
  if (problems.length === 0) return EXIT.ok
  return problems.some(({ kind }) => kind === 'denied') ? EXIT.unreachable : EXIT.bad
}

const LIMIT_FIELD =
  /(?:^|[.\s/])(?:memory|memorymax|memory\.max|memory\.limit_in_bytes|mem_limit|mem|limits\.memory)$/i
const NO_LIMIT = new Set(['', '0', '-1', 'max', 'infinity', 'unlimited', 'none'])

function harmOf({ field, before, after }: FieldChange): string | null {
  if (LIMIT_FIELD.test(field) && NO_LIMIT.has((after ?? '').toLowerCase())) {
    return 'takes the memory limit away'
  }
  if (/oom_?kill_?disable|oom_control/i.test(field) && /^(?:true|1)$/i.test(after ?? '')) {
    return 'switches the OOM killer off'
  }
  if (/oom_?score_?adj/i.test(field) && Number(after ?? 0) < Number(before ?? 0)) {
    return 'lowers an oom_score_adj'
  }
  return null
}
