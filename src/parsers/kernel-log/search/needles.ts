/**
 * What a line must hold to be of interest outside a report. The search compares the first three bytes, which are rare in
 * logs, and then the rest. At most eight different beginnings: one bit each in {@link vectorSearch}.
 */
export const NEEDLES: readonly string[] = [
  'oom-kill',
  'oom_kill',
  'oom_reaper',
  'oom.group',
  'oomd',
  'oom[',
  'oom:',
  'OOM request',
  'OOMController',
  'Killed process',
  'Kill process',
  'f memory',
  'Kernel panic',
  'gfault at',
  'aps: ',
  'ohang',
]

/** The first three bytes of every needle, each once. */
export const BEGINNINGS: readonly string[] = [
  ...new Set(NEEDLES.map((needle) => needle.slice(0, 3))),
]

const encoded = NEEDLES.map((needle) => Array.from(needle, (char) => char.charCodeAt(0)))

/** Whether a whole needle stands at this position. */
export function isNeedleAt(bytes: Uint8Array, position: number): boolean {
  for (const needle of encoded) {
    if (needle[0] === bytes[position] && needle[1] === bytes[position + 1]) {
      if (stands(needle, bytes, position)) return true
    }
  }
  return false
}

function stands(needle: readonly number[], bytes: Uint8Array, position: number): boolean {
  for (let i = 2; i < needle.length; i++) {
    if (bytes[position + i] !== needle[i]) return false
  }
  return true
}

/** A way to find needles and count lines on the way; implementations differ in speed only. */
export interface NeedleSearch {
  /** Room to read chunks into: what stands there is searched without a copy. No more is held at once. */
  readonly window: Uint8Array<ArrayBuffer>
  /** The same bytes where they can be searched; valid until the next call. */
  hold(bytes: Uint8Array): Uint8Array
  /** Position of the next needle at or after `from` and before `end`, or -1. */
  next(held: Uint8Array, from: number, end: number): number
  /** Newlines from the last search's `from` up to what it returned, or to its `end`. */
  readonly linesPassed: number
}

/** Largest chunk that is held at once. */
export const WINDOW_BYTES = 2 * 1024 * 1024
