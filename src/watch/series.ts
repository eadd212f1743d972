/** Rounds that are remembered of each group. */
const SLOTS = 61
/** Growth is measured over this time, and over this many rounds at least. */
const WINDOW_SECONDS = 60
const WINDOW_ROUNDS = 12

/** A series of which nothing is known yet: one value for each round that is remembered, the newest last. */
export function emptySeries(): Float64Array {
  return new Float64Array(SLOTS).fill(Number.NaN)
}

/** Drops the oldest value. */
export function push(values: Float64Array, value: number): void {
  values.copyWithin(0, 1)
  values[values.length - 1] = value
}

/** The first slot that counts for growth. */
export function windowStart(times: Float64Array, now: number): number {
  const inWindow = times.findIndex((time) => time >= now - WINDOW_SECONDS)
  const enough = times.length - WINDOW_ROUNDS
  const first = times.findIndex((time) => !Number.isNaN(time))
  return Math.max(first, Math.min(inWindow, enough))
}
