/** What a look at a lab comes down to. */
import type { Check, Judgement, Lab } from './lab.ts'
import type { LabView } from './view.ts'

export interface CheckResult extends Judgement, Pick<Check, 'name' | 'title' | 'todo'> {}

export function judgeAll({ checks }: Pick<Lab, 'checks'>, view: LabView): readonly CheckResult[] {
  return checks.map(({ name, title, todo, judge }) => ({ name, title, todo, ...judge(view) }))
}

/** Nothing that happens now makes it hold any more: waiting on is in vain. */
export function isBroken({ checks }: Pick<Lab, 'checks'>, view: LabView): boolean {
  return checks.some(({ watches, judge }) => watches && !judge(view).ok)
}
