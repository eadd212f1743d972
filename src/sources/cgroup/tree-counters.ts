/**
 * Numbers in the bytes of a cgroup file, without making strings: a round reads thousands of files. What is no number is NaN;
 * above 2^53 precision is lost, and no real counter is there.
 */

const NEWLINE = 10
const MINUS = 45
const POINT = 46
const ZERO = 48
const EQUALS = 61

/** The decimal number that starts at `at`. */
export function numberAt(bytes: Uint8Array, at: number, length: number): number {
  const negative = bytes[at] === MINUS
  let index = negative ? at + 1 : at
  let value = 0
  const first = index
  for (; index < length; index++) {
    const digit = (bytes[index] ?? 0) - ZERO
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  if (index === first) return Number.NaN
  return negative ? -value : value
}

export interface KeyedReader {
  /** One value for each key, in their order; NaN where the file has no such line. Overwritten by the next call. */
  read(bytes: Uint8Array, length: number): Float64Array
}

/**
 * Reads chosen lines of a `key number` file. A kernel writes the lines of one kind of file in the same order for each group:
 * the places of the keys are looked up once, and later only checked.
 */
export function keyedReader(keys: readonly string[]): KeyedReader {
  const values = new Float64Array(keys.length)
  const encoded = keys.map((key) => new TextEncoder().encode(`${key} `))
  /** Keys that the file has, by their line. */
  let places: { key: number; line: number; bytes: Uint8Array }[] = []

  function readPlaces(bytes: Uint8Array, length: number): boolean {
    let at = 0
    let line = 0
    for (const place of places) {
      for (; line < place.line; line++) {
        at = nextLine(bytes, at, length)
      }
      if (!startsWith(bytes, at, length, place.bytes)) return false
      values[place.key] = numberAt(bytes, at + place.bytes.length, length)
    }
    return places.length > 0
  }

  function learn(bytes: Uint8Array, length: number): void {
    places = []
    let line = 0
    for (let at = 0; at < length; line++) {
      const key = encoded.findIndex((wanted) => startsWith(bytes, at, length, wanted))
      const known = encoded[key]
      if (known !== undefined && !places.some((place) => place.key === key)) {
        places.push({ key, line, bytes: known })
      }
      at = nextLine(bytes, at, length)
    }
  }

  return {
    read(bytes, length) {
      values.fill(Number.NaN)
      if (readPlaces(bytes, length)) return values
      learn(bytes, length)
      values.fill(Number.NaN)
      readPlaces(bytes, length)
      return values
    },
  }
}

/** The buffer holds older bytes behind its length. */
function startsWith(bytes: Uint8Array, at: number, length: number, wanted: Uint8Array): boolean {
  if (at + wanted.length > length) return false
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[at + index] !== wanted[index]) return false
  }
  return true
}

/** The first number after an `=` from `from` on, as in `some avg10=1.25 …`; NaN where there is none. */
export function decimalAfterEquals(bytes: Uint8Array, from: number, length: number): number {
  let at = from
  while (at < length && bytes[at] !== EQUALS) at++
  const first = ++at
  let value = 0
  let scale = 0
  for (; at < length; at++) {
    const byte = bytes[at] ?? 0
    const digit = byte - ZERO
    if (byte === POINT && scale === 0) scale = 1
    else if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      scale *= 10
    } else break
  }
  return at === first ? Number.NaN : value / Math.max(1, scale)
}

/** Where the next line starts. */
export function nextLine(bytes: Uint8Array, from: number, length: number): number {
  let at = from
  while (at < length && bytes[at] !== NEWLINE) at++
  return at + 1
}
