/** What judgements are made of. */
import type { CheckEvidence, Judgement, Mend, Problem } from './check.ts'

/** A figure that has a line from which on it warns, and one from which on it fails. */
export interface Thresholds {
  warn: number
  fail: number
}

/** Null: it is below both. */
export function statusAt(value: number, { warn, fail }: Thresholds): Problem['status'] | null {
  if (value >= fail) return 'fail'
  return value >= warn ? 'warn' : null
}

export function judged(
  says: string,
  evidence: CheckEvidence,
  problems: readonly (Problem | null)[],
): Judgement {
  return { kind: 'judged', says, evidence, problems: problems.filter((each) => each !== null) }
}

export function problemIf(
  status: Problem['status'] | null | false,
  says: string,
  todo: string,
  mend?: Mend,
): Problem | null {
  if (status === null || status === false) return null
  return { status, says, todo, ...(mend === undefined ? {} : { mend }) }
}
