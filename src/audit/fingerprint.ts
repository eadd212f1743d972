/** So many characters from the beginning of a line make its fingerprint; blanks do not count. */
const BLOCK = 100
const FACTOR = 37
const END_OF_FILE = 65_535
const WORD = 2 ** 32
/** Of the character that leaves the block: 37 to the power of 100, modulo 2 to the power of 64. */
const LEAVING = BigInt.asUintN(64, BigInt(FACTOR) ** BigInt(BLOCK))
const LEAVING_HIGH = Number(LEAVING >> 32n)
const LEAVING_LOW = Number(LEAVING & 0xff_ff_ff_ffn)
/** Longer texts have none: what is remembered grows with their lines. */
const MAX_CHARACTERS = 1024 * 1024

/**
 * The fingerprint of each line, which counts from 1: it stays as it is when lines above come and go, or when the line is indented
 * otherwise. It is the very one that GitHub's upload of SARIF gives to a result without one, and a result that has it may come
 * another way (github/codeql-action, src/fingerprints.ts).
 */
export function lineFingerprints(text: string): ReadonlyMap<number, string> {
  const fingerprints = new Map<number, string>()
  if (text.length > MAX_CHARACTERS) return fingerprints
  const counts = new Map<string, number>()
  const block = new Uint16Array(BLOCK)
  /** The line that begins at this place of the block; 0: none. */
  const begins = new Uint32Array(BLOCK)
  let [high, low, at] = [0, 0, 0]

  /** The block is a ring: the line that begins where the next character goes is whole. */
  function finishLine(): void {
    const line = begins[at] ?? 0
    if (line === 0) return
    const hash = hexadecimal(high, low)
    const count = (counts.get(hash) ?? 0) + 1
    counts.set(hash, count)
    fingerprints.set(line, `${hash}:${count}`)
    begins[at] = 0
  }

  /** All numbers stay below 2 to the power of 53, and so exact. */
  function take(code: number): void {
    const left = block[at] ?? 0
    block[at] = code
    at = (at + 1) % BLOCK
    const sum = low * FACTOR + code - left * LEAVING_LOW
    const carried = Math.floor(sum / WORD)
    low = sum - carried * WORD
    const highSum = high * FACTOR + carried - left * LEAVING_HIGH
    high = highSum - Math.floor(highSum / WORD) * WORD
  }

  let line = 0
  let isLineStart = true
  for (const code of codesOf(text)) {
    finishLine()
    if (isLineStart) begins[at] = ++line
    isLineStart = code === LINE_FEED
    take(code)
  }
  for (let rest = 0; rest < BLOCK; rest++) {
    finishLine()
    take(0)
  }
  return fingerprints
}

/** The characters that a line's fingerprint is made of, as they stand: who knows it may find out what they are. */
export function fingerprinted(text: string, start: number): string {
  let end = start
  for (let seen = 0; seen < BLOCK && end < text.length; end++) {
    if (!isBlank(text.charCodeAt(end))) seen++
  }
  return text.slice(start, end)
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** Without blanks, and with one kind of line end. */
function* codesOf(text: string): Iterable<number> {
  let before = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!isBlank(code) && !(code === LINE_FEED && before === CARRIAGE_RETURN)) {
      yield code === CARRIAGE_RETURN ? LINE_FEED : code
    }
    before = code
  }
  yield END_OF_FILE
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

function hexadecimal(high: number, low: number): string {
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16)
}
