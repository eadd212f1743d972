/** Between a limit that is too tight and one that is known to do. Pure. */
import { pages } from '../law.ts'

export interface Bracket {
  /** Nothing at or below it is thought to pass. Bytes. */
  failsBytes: number
  /** Known to pass. Bytes. */
  passesBytes: number
}

/** The limit to be tried next, a whole number of pages; null: what is not known is smaller than what matters. */
export function nextLimit(
  { failsBytes, passesBytes }: Bracket,
  precisionBytes: number,
): number | null {
  if (passesBytes - failsBytes <= precisionBytes) return null
  const middle = pages((failsBytes + passesBytes) / 2)
  return middle > failsBytes && middle < passesBytes ? middle : null
}

export function narrowed(bracket: Bracket, limitBytes: number, isPassed: boolean): Bracket {
  return isPassed ? { ...bracket, passesBytes: limitBytes } : { ...bracket, failsBytes: limitBytes }
}

/** How many limits are tried at most. */
export function mostSteps({ failsBytes, passesBytes }: Bracket, precisionBytes: number): number {
  return Math.max(0, Math.ceil(Math.log2((passesBytes - failsBytes) / precisionBytes)))
}
