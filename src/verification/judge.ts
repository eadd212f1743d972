import type { Check, Finding } from './check.ts'
import { CHECKS } from './checks/index.ts'
import type { Seen } from './seen.ts'

export type VerificationResult = 'holds' | 'fails' | 'not-yet'

export interface JudgedCheck extends Finding {
  name: string
}

export interface VerificationJudgement {
  result: VerificationResult
  checks: readonly JudgedCheck[]
}

/** All checks have to hold; one that fails decides at once, one that is needed and cannot be told leaves it open. */
export function judgeFix(seen: Seen, list: readonly Check[] = CHECKS): VerificationJudgement {
  const judged = list.flatMap(({ name, needed, judge }) => {
    const finding = judge(seen)
    return finding === null ? [] : [{ name, needed, finding }]
  })
  const fails = judged.some(({ finding }) => finding.ok === false)
  const isOpen = judged.some(({ needed, finding }) => needed && finding.ok === null)
  return {
    result: fails ? 'fails' : isOpen ? 'not-yet' : 'holds',
    checks: judged.map(({ name, finding }) => ({ name, ...finding })),
  }
}
