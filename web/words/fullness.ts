/** How near to its limit something is, the same for groups and for workers. */
export type Fullness = 'at-limit' | 'near' | 'none'

const CRITICAL_PERCENT = 95
const NEAR_PERCENT = 80

export function fullnessOf(percent: number): Fullness {
  if (percent >= CRITICAL_PERCENT) return 'at-limit'
  return percent >= NEAR_PERCENT ? 'near' : 'none'
}
