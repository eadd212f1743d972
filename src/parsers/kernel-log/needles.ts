/**
 * What a line must hold to be of interest outside a report. The search compares the first three bytes, which are rare in
 * logs, and then the rest. A test checks that every wording has one of these.
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
  'OOM exec',
  'Killed process',
  'Kill process',
  'f memory',
  'Kernel panic',
  'gfault at',
  'aps: ',
  'ohang',
]

/** A place to look for needles in bytes; implementations differ in speed only. */
export interface NeedleSearch {
  /** Position of the next needle at or after `from` and before `end`, or -1. */
  next(bytes: Uint8Array, from: number, end: number): number
  /** Newlines in a stretch. */
  countLines(bytes: Uint8Array, from: number, end: number): number
}

const ENCODED: readonly (readonly number[])[] = NEEDLES.map((needle) =>
  Array.from(needle, (char) => char.charCodeAt(0)),
)

const byFirst: (readonly (readonly number[])[] | undefined)[] = []
for (const needle of ENCODED) {
  const first = needle[0] ?? 0
  byFirst[first] = [...(byFirst[first] ?? []), needle]
}

/** Whether a whole needle stands at this position. */
export function isNeedleAt(bytes: Uint8Array, position: number): boolean {
  const needles = byFirst[bytes[position] ?? 0]
  return needles !== undefined && needles.some((needle) => stands(needle, bytes, position))
}

function stands(needle: readonly number[], bytes: Uint8Array, position: number): boolean {
  for (let i = 1; i < needle.length; i++) {
    if (bytes[position + i] !== needle[i]) return false
  }
  return true
}

const isFirst = new Uint8Array(256)
for (const needle of ENCODED) isFirst[needle[0] ?? 0] = 1

/** The search without WebAssembly. */
export const plainSearch: NeedleSearch = {
  next(bytes, from, end) {
    for (let p = from; p < end; p++) {
      if (isFirst[bytes[p] ?? 0] === 1 && isNeedleAt(bytes, p)) return p
    }
    return -1
  },
  countLines(bytes, from, end) {
    let count = 0
    for (let p = from; p < end; p++) if (bytes[p] === 0x0a) count++
    return count
  },
}
