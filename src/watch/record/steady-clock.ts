import type { Instant } from '../../model/time.ts'
import type { Reader } from '../../sources/reader.ts'

export interface Tick {
  /** Later than every tick before. */
  at: Instant
  /** One phrase where the clock was set meanwhile, or the machine slept. */
  jump: string | null
}

/** Less is the kernel's own steering of the clock. */
const JUMP_MS = 2_000

/**
 * The wall clock, made to rise always. A clock that was set back would write later samples among earlier ones: then time is
 * counted on by the monotonic clock until the wall clock has caught up.
 *
 * @param lastAt the newest moment that is recorded already
 */
export function createSteadyClock(reader: Reader, lastAt: Instant | null): () => Tick {
  let last = lastAt ?? 0
  let wallBase = Math.max(reader.now(), last)
  let monotonicBase = reader.monotonicSeconds()
  /** How far the wall clock is behind, on purpose. */
  let behind = wallBase - reader.now()

  return () => {
    const wall = reader.now()
    const monotonic = reader.monotonicSeconds()
    const counted = wallBase + (monotonic - monotonicBase) * 1_000
    const jump = wall + behind - counted
    const jumped = Math.abs(jump) > JUMP_MS
    if (wall > last && (jumped || behind === 0)) {
      wallBase = wall
      monotonicBase = monotonic
      behind = 0
    } else if (jumped) behind = counted - wall
    last = Math.max(Math.floor(behind === 0 ? wallBase : counted), last + 1)
    return { at: last, jump: jumped ? phrase(jump, behind > 0) : null }
  }
}

function phrase(jumpMs: number, countedOn: boolean): string {
  const seconds = Math.round(Math.abs(jumpMs) / 1_000)
  if (jumpMs > 0) return `the clock went forward by ${seconds} s, or the machine slept`
  return `the clock went back by ${seconds} s${countedOn ? ': time is counted on' : ''}`
}
