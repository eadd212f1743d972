import { BEGINNINGS, isNeedleAt, WINDOW_BYTES, type NeedleSearch } from './needles.ts'

/** Third bytes of the beginnings: one look at the table decides for most positions. */
const isThird = new Uint8Array(256)
for (const beginning of BEGINNINGS) isThird[beginning.charCodeAt(2)] = 1

/** The search where there is no WebAssembly: about a gigabyte a second. */
export function plainSearch(): NeedleSearch {
  let linesPassed = 0
  return {
    window: new Uint8Array(WINDOW_BYTES),
    hold: (bytes) => bytes,
    next(held, from, end) {
      const position = nextNeedle(held, from, end)
      linesPassed = 0
      for (let p = from; p < (position < 0 ? end : position); p++) {
        if (held[p] === 0x0a) linesPassed++
      }
      return position
    },
    get linesPassed() {
      return linesPassed
    },
  }
}

function nextNeedle(bytes: Uint8Array, from: number, end: number): number {
  for (let p = from + 2; p < end + 2; p++) {
    if (isThird[bytes[p] ?? 0] === 1 && isNeedleAt(bytes, p - 2)) return p - 2
  }
  return -1
}

/** Whether a single line holds one. */
export function hasNeedle(line: Uint8Array): boolean {
  return nextNeedle(line, 0, line.length) >= 0
}
