import type { GroupDocument } from '../../src/server/contract.ts'
import { fullnessOf } from '../words/fullness.ts'
import type { Fullness } from '../words/fullness.ts'

export type Danger = Fullness | 'soon'

const RANKS: Record<Danger, number> = { 'at-limit': 0, soon: 1, near: 2, none: 3 }
const SOON_SECONDS = 3_600
/** As large as JavaScript sorts well: a difference of infinities is no number. */
const NEVER = 1e12

export function dangerOf(group: GroupDocument): Danger {
  if (group.removed || isOnlyUnderMachine(group)) return 'none'
  const full = fullnessOf(group.percent ?? 0)
  if (group.timeLeft === 'now' || full === 'at-limit') return 'at-limit'
  return secondsLeft(group) < SOON_SECONDS ? 'soon' : full
}

/** The groups to look at first: by their danger, then those that will be there soonest, then by how full they are. */
export function byDanger(a: GroupDocument, b: GroupDocument): number {
  return (
    Number(a.removed) - Number(b.removed) ||
    RANKS[dangerOf(a)] - RANKS[dangerOf(b)] ||
    Number(isOnlyUnderMachine(a)) - Number(isOnlyUnderMachine(b)) ||
    secondsLeft(a) - secondsLeft(b) ||
    fullness(b) - fullness(a) ||
    (b.usageBytes ?? -1) - (a.usageBytes ?? -1) ||
    (a.path < b.path ? -1 : 1)
  )
}

/** Whether the machine's memory is what binds it. That is everybody's, so the root stands for it alone. */
export function isOnlyUnderMachine({ limit, path }: GroupDocument): boolean {
  return path !== '/' && (limit === null || limit.scope === 'host')
}

function secondsLeft({ timeLeft, secondsToLimit }: GroupDocument): number {
  if (timeLeft === 'now') return 0
  return timeLeft === 'seconds' ? (secondsToLimit?.low ?? NEVER) : NEVER
}

function fullness(group: GroupDocument): number {
  return isOnlyUnderMachine(group) ? -1 : (group.percent ?? -1)
}
