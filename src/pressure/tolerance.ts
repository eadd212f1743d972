import type { Tolerance } from './experiment.ts'

/** What a probe answered; null: nothing, which is never well. */
export type Answer = number | boolean | string | null

/** Whether an answer is within its tolerance, as Chaos Toolkit judges it. */
export function isWithin(answer: Answer, tolerance: Tolerance): boolean {
  if (answer === null) return false
  if (typeof tolerance !== 'object') return answer === tolerance
  if (!('type' in tolerance)) return tolerance.includes(answer)
  if (tolerance.type === 'regex') return new RegExp(tolerance.pattern).test(String(answer))
  const [least, most] = tolerance.range
  return typeof answer === 'number' && answer >= least && answer <= most
}
