import type { ProcessKey } from '../../parsers/series/recording-line.ts'
import type { FollowedSample } from '../../store/recordings/stretch.ts'
import { MOST_RESIDENT_BYTES } from './region-snapshot.ts'

/** Says when the mappings of which process are looked at. */
export interface RegionPlan {
  /** @param seconds a clock that never goes back */
  due(seconds: number, processes: readonly FollowedSample[]): ProcessKey[]
  /** A new life begins: everything anew. */
  reset(): void
}

const FIRST_STEP_SECONDS = 60
const LONGEST_STEP_SECONDS = 86_400
/** At the start nobody knows yet who will grow. */
const FIRST_PROCESSES = 4

/** At the start the largest processes, then at doubling distances the one that has grown most since it was seen first. */
export function createRegionPlan(): RegionPlan {
  let firstSeen = new Map<string, number>()
  let dueAt: number | null = null
  let step = FIRST_STEP_SECONDS

  function due(seconds: number, processes: readonly FollowedSample[]): ProcessKey[] {
    const before = firstSeen
    firstSeen = new Map(
      processes.map((each) => [idOf(each), before.get(idOf(each)) ?? bytesOf(each)]),
    )
    if (processes.length === 0 || (dueAt !== null && seconds < dueAt)) return []
    const affordable = processes.filter((each) => bytesOf(each) <= MOST_RESIDENT_BYTES)
    if (dueAt === null) {
      dueAt = seconds + step
      const largest = affordable.toSorted((a, b) => bytesOf(b) - bytesOf(a))
      return withinBudget(largest.slice(0, FIRST_PROCESSES))
    }
    step = Math.min(step * 2, LONGEST_STEP_SECONDS)
    dueAt = seconds + step
    const growth = (each: FollowedSample): number =>
      bytesOf(each) - (firstSeen.get(idOf(each)) ?? bytesOf(each))
    const [fastest] = affordable.toSorted(
      (a, b) => growth(b) - growth(a) || bytesOf(b) - bytesOf(a),
    )
    return fastest === undefined ? [] : [fastest.process]
  }

  return {
    due,
    reset() {
      dueAt = null
      step = FIRST_STEP_SECONDS
      firstSeen = new Map()
    },
  }
}

function withinBudget(processes: readonly FollowedSample[]): ProcessKey[] {
  let left = MOST_RESIDENT_BYTES
  return processes.flatMap((each) => {
    left -= bytesOf(each)
    return left < 0 ? [] : [each.process]
  })
}

function bytesOf({ sample }: FollowedSample): number {
  return sample.usageBytes ?? 0
}

function idOf({ process }: FollowedSample): string {
  return `${process.pid} ${process.startedAt}`
}
