/** A ramp, not a step: how much pressure there is at a time. */
import type { Phases } from './experiment.ts'

const PAGE_BYTES = 4096

/** Whole pages. */
export function pages(bytes: number): number {
  return Math.floor(bytes / PAGE_BYTES) * PAGE_BYTES
}

/** How much is to be held so many milliseconds after the beginning: it never shrinks, and is never above the size. */
export function rampBytes(elapsedMs: number, sizeBytes: number, { rampMs }: Phases): number {
  if (elapsedMs >= rampMs) return sizeBytes
  return pages((sizeBytes * Math.max(0, elapsedMs)) / rampMs)
}

/** A limit comes down in so many moves at most: each is a change that is written down and taken back. */
const MOVES = 4

export interface LimitMove {
  atMs: number
  limitBytes: number
}

/**
 * The moves in which a limit comes down; the last is the wanted one.
 *
 * @param fromBytes where it begins: the present limit, or what is in use where that is less; null: it has none, and nothing is known
 */
export function limitMoves(
  fromBytes: number | null,
  toBytes: number,
  { rampMs }: Phases,
): readonly LimitMove[] {
  const count = rampMs === 0 || fromBytes === null || fromBytes <= toBytes ? 1 : MOVES
  const span = (fromBytes ?? toBytes) - toBytes
  const moves = Array.from({ length: count }, (_, index) => ({
    atMs: (rampMs * index) / Math.max(1, count - 1),
    limitBytes: index === count - 1 ? toBytes : pages(toBytes + span * (1 - (index + 1) / count)),
  }))
  // In a narrow span several fall onto the same page.
  return moves.filter(({ limitBytes }, at) => moves[at + 1]?.limitBytes !== limitBytes)
}
