/** What the doctor says, as lines: the worst first. */
import type { CheckStatus } from '../../../doctor/check.ts'
import { rank } from '../../../doctor/examine.ts'
import type { CheckResult } from '../../../doctor/examine.ts'
import { printable } from '../../../report/printable.ts'
import type { Paint } from '../../render/paint.ts'

export function worstFirst(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.toSorted((one, other) => rank(one.status) - rank(other.status))
}

/** `1 check fails, 2 warn, 5 pass, 1 was skipped`. */
export function summaryOf(results: readonly CheckResult[]): string {
  const parts = COUNTED.flatMap(([status, one, many]) => {
    const count = results.filter((result) => result.status === status).length
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  })
  return parts.join(', ')
}

const COUNTED: readonly (readonly [CheckStatus, string, string])[] = [
  ['fail', 'fails', 'fail'],
  ['warn', 'warns', 'warn'],
  ['pass', 'passes', 'pass'],
  ['skip', 'was skipped', 'were skipped'],
]

export function doctorLines(results: readonly CheckResult[], paint: Paint): readonly string[] {
  const isBad = results.some(({ status }) => status === 'fail')
  const summary = `Checks: ${summaryOf(results)}`
  const sorted = worstFirst(results)
  const width = Math.max(0, ...sorted.map(({ check }) => check.id.length))
  return [
    isBad ? paint.bad(summary) : paint.bold(summary),
    '',
    ...sorted.flatMap((result, at) => {
      const next = sorted[at + 1]
      const isSaidAgain = next?.says === result.says && next.todo === result.todo
      const line = `${paintOf(result, paint)}  ${result.check.id.padEnd(width)}  ${printable(result.says)}`
      return isSaidAgain ? [line] : [line, ...nextSteps(result)]
    }),
  ]
}

function paintOf({ status }: CheckResult, paint: Paint): string {
  return { fail: paint.bad, warn: paint.bold, pass: paint.good, skip: paint.dim }[status](status)
}

function nextSteps({ check, status, todo }: CheckResult): readonly string[] {
  if (todo === null) return []
  const step = `      do: ${printable(todo)}`
  // What was skipped is not broken.
  return status === 'skip' ? [step] : [step, `      read: ${check.runbook}`]
}

/** Only what is not well. */
export function quietLines(results: readonly CheckResult[]): readonly string[] {
  return worstFirst(results)
    .filter(({ status }) => status === 'fail' || status === 'warn')
    .map(({ check, status }) => `${status} ${check.id}`)
}
