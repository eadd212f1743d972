/** A size of a unit file: bytes, a share of the machine's memory, or none at all. */
export type SystemdSize =
  | { kind: 'bytes'; bytes: number }
  /** From 0 to 1. */
  | { kind: 'share'; share: number }
  | { kind: 'infinity' }

/** The order is part of the syntax: in `1G 512M` each unit has to be smaller than the one before (basic/parse-util.c, parse_size). */
const UNITS = ['E', 'P', 'T', 'G', 'M', 'K', 'B', ''] as const
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['E', 2 ** 60],
  ['P', 2 ** 50],
  ['T', 2 ** 40],
  ['G', 2 ** 30],
  ['M', 2 ** 20],
  ['K', 2 ** 10],
])

/** Bounded, so that a long text costs no more than a short one. */
const PART = /\s*\+?(\d{1,20})(?:\.(\d{0,20}))?\s*([EPTGMKB]?)/y
const SHARE =
  /^(?:(?<percent>\d{1,3}(?:\.\d{1,2})?)%|(?<mille>\d{1,4}(?:\.\d)?)‰|(?<myriad>\d{1,5})‱)$/u
const MAX_BYTES = 2 ** 64

/**
 * A size as systemd reads it: units are binary and upper case, without an i or a B behind them. Null for what it ignores with a
 * warning, so that nothing is set.
 *
 * @example readSystemdSize('512M') // { kind: 'bytes', bytes: 536870912 }
 * @example readSystemdSize('512Mi') // null
 */
export function readSystemdSize(text: string): SystemdSize | null {
  if (text === 'infinity') return { kind: 'infinity' }
  const groups = SHARE.exec(text)?.groups
  if (groups === undefined) return sumOf(text)
  const { percent, mille, myriad } = groups
  const share = Number(percent ?? mille ?? myriad) / (percent ? 100 : mille ? 1_000 : 10_000)
  return share <= 1 ? { kind: 'share', share } : null
}

function sumOf(text: string): SystemdSize | null {
  let bytes = 0
  let smallest = 0
  let at = 0
  do {
    PART.lastIndex = at
    const [whole, digits = '', fraction = '', unit = ''] = PART.exec(text) ?? []
    const order = UNITS.findIndex((known) => known === unit)
    if (whole === undefined || order < smallest) return null
    // What stands behind a fraction of a byte is cut, as there.
    bytes += Math.floor(Number(`${digits}.${fraction}`) * (FACTORS.get(unit) ?? 1))
    smallest = order + 1
    at += whole.length
  } while (at < text.length)
  return bytes < MAX_BYTES ? { kind: 'bytes', bytes } : null
}
