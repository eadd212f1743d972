/** What can be mended, worked out for the world as it is. */
import type { Mend, Problem } from '../../../doctor/check.ts'
import type { CheckResult } from '../../../doctor/examine.ts'
import { StellaError } from '../../../model/errors.ts'
import type { ChangePlan, FixRecord } from '../../../model/fix.ts'
import type { Subject } from '../../../model/subject.ts'
import type { FixDesk } from '../../engine.ts'

/** A problem, and what became of its change. */
export interface Mending {
  result: CheckResult
  problem: Problem
  mend: Mend
  state: MendingState
}

export type MendingState =
  | { kind: 'planned'; plan: ChangePlan }
  /** It cannot be made by us, or not as it is. Null: it could not even be planned. */
  | { kind: 'refused'; plan: ChangePlan | null; error: StellaError }
  /** Whoever was asked said no. */
  | { kind: 'declined'; plan: ChangePlan }
  | {
      kind: 'made'
      plan: ChangePlan
      record: FixRecord
      /** What the check says after it. */
      after: CheckResult | null
      /** The problem is gone. */
      helped: boolean
    }

/** Each change once, whatever else it helps; changes nothing. */
export async function mendingsOf(
  results: readonly CheckResult[],
  desk: FixDesk,
): Promise<readonly Mending[]> {
  const wanted = new Map<string, Omit<Mending, 'state'>>()
  for (const result of results) {
    for (const problem of result.problems) {
      const { mend } = problem
      if (mend === undefined) continue
      const key = keyOf(mend)
      if (!wanted.has(key)) wanted.set(key, { result, problem, mend })
    }
  }
  const mendings: Mending[] = []
  for (const each of wanted.values()) mendings.push({ ...each, state: await plan(each.mend, desk) })
  return mendings
}

async function plan({ target, change }: Mend, desk: FixDesk): Promise<MendingState> {
  try {
    return { kind: 'planned', plan: await desk.plan({ target, change, recreate: false }) }
  } catch (error) {
    if (error instanceof StellaError) return { kind: 'refused', plan: null, error }
    throw error
  }
}

/** Whether a check still asks for the same change. */
export function asksFor({ problems }: CheckResult, wanted: Mend): boolean {
  return problems.some(({ mend }) => mend !== undefined && keyOf(mend) === keyOf(wanted))
}

function keyOf({ target, change }: Mend): string {
  return JSON.stringify([target, change])
}

export function subjectOf({ target }: Mend): Subject {
  const common = { id: null, image: null }
  if (target.kind === 'scanner')
    return { ...common, platform: 'unknown', name: `scanner ${target.where}` }
  if (target.kind === 'data-folder') return { ...common, platform: 'unknown', name: target.path }
  return { ...common, platform: 'host', name: null }
}
