/** What happens to bytes on their way, or in the hands of somebody who means harm. */
import type { Random } from './target.ts'

type Damage = (bytes: Buffer, random: Random, other: Buffer) => Buffer

/** Where numbers of 32 bits turn over. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]
/** Numbers as texts write them: none, more than a double holds exactly, more than it holds at all, and what only looks like one. */
const NUMBERS = [
  '0',
  '-1',
  '9007199254740993',
  '18446744073709551615',
  '1e309',
  '-1e309',
  '1e-400',
  '9'.repeat(400),
  '0x7fffffffffffffff',
  'NaN',
  'Infinity',
  '.',
  '1.7976931348623157e308',
  '00000000000000000000001',
]
/** What opens something in JSON, YAML, Markdown, Erlang, XML and conditions. */
const OPENERS = [
  '[',
  '{"a":',
  '(',
  '- ',
  '> ',
  '{',
  '<a>',
  '"',
  '\u001b[',
  '${',
  '%{',
  '!(',
  '&a [',
]
/** Names and letters that programs stumble over. */
const WORDS = [
  '\0',
  '\u001b[2J',
  '\u202e',
  '\uFEFF',
  '\r',
  '\u2028',
  '"__proto__":',
  'constructor',
  '../../../etc/passwd',
  '--',
  "'",
  '\\',
  '*a',
  ',,,',
  '\ud800',
]
/** No input grows beyond it: readers with a bound of their own are tested for that by name. */
const MOST_BYTES = 1024 * 1024

/** Most of a program is empty in its fixture: what says something is looked for. */
function somewhere(bytes: Buffer, random: Random): number {
  for (let tries = 0; tries < 12; tries++) {
    const at = random(bytes.length)
    if (bytes[at] !== 0) return at
  }
  return random(bytes.length)
}

function one<Value>(values: readonly Value[], random: Random, otherwise: Value): Value {
  return values[random(values.length)] ?? otherwise
}

function inserted(bytes: Buffer, at: number, text: string | Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)])
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\n')
}

function ofLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n'), 'latin1')
}

const DAMAGES: readonly Damage[] = [
  function flipBit(bytes, random) {
    const at = somewhere(bytes, random)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    return bytes
  },
  function setByte(bytes, random) {
    bytes[somewhere(bytes, random)] = random(256)
    return bytes
  },
  function setNumber(bytes, random) {
    if (bytes.length < 4) return bytes
    const at = Math.min(bytes.length - 4, somewhere(bytes, random))
    const value = one(EXTREMES, random, 0)
    if (random(2) === 0) bytes.writeUInt32LE(value, at)
    else bytes.writeUInt32BE(value, at)
    return bytes
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, random(bytes.length))
  },
  function cutBeginning(bytes, random) {
    return bytes.subarray(random(bytes.length))
  },
  function takeOut(bytes, random) {
    const from = somewhere(bytes, random)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random(64))])
  },
  function repeat(bytes, random) {
    const from = somewhere(bytes, random)
    const piece = bytes.subarray(from, from + 1 + random(64))
    const times = 1 + random(random(50) === 0 ? 5_000 : 20)
    return inserted(bytes, from, Buffer.concat(Array.from({ length: times }, () => piece)))
  },
  function fill(bytes, random) {
    const from = random(bytes.length)
    const value = random(3) === 0 ? random(256) : 0
    bytes.fill(value, from, Math.min(bytes.length, from + 1 + random(600)))
    return bytes
  },
  function swapWithOther(bytes, random, other) {
    const from = random(bytes.length)
    return Buffer.concat([bytes.subarray(0, from), other.subarray(random(other.length + 1))])
  },
  function moveBlock(bytes, random) {
    const size = 512
    const from = random(Math.ceil(bytes.length / size)) * size
    const to = random(Math.ceil(bytes.length / size)) * size
    bytes.copy(bytes, to, from, from + size)
    return bytes
  },
  function otherNumber(bytes, random) {
    const text = bytes.toString('latin1')
    const from = random(text.length)
    const found = /\d+(?:\.\d+)?/.exec(text.slice(from))
    if (found === null) return bytes
    const at = from + found.index
    const number = one(NUMBERS, random, '0')
    return Buffer.from(text.slice(0, at) + number + text.slice(at + found[0].length), 'latin1')
  },
  function nest(bytes, random) {
    const depth = 1 + random(random(20) === 0 ? 100_000 : 200)
    return inserted(bytes, random(bytes.length + 1), one(OPENERS, random, '[').repeat(depth))
  },
  function putWord(bytes, random) {
    return inserted(bytes, random(bytes.length + 1), one(WORDS, random, '\0'))
  },
  function moveLine(bytes, random) {
    const lines = linesOf(bytes)
    const [line = ''] = lines.splice(random(lines.length), 1)
    return ofLines(lines.toSpliced(random(lines.length + 1), 0, line))
  },
  function dropLines(bytes, random) {
    const lines = linesOf(bytes)
    return ofLines(lines.toSpliced(random(lines.length), 1 + random(8)))
  },
  function doubleLines(bytes, random) {
    const lines = linesOf(bytes)
    const from = random(lines.length)
    const piece = lines.slice(from, from + 1 + random(8))
    const size = piece.reduce((sum, line) => sum + line.length + 1, 0)
    const wanted = 1 + random(random(20) === 0 ? 2_000 : 5)
    // A line of a program is as long as the program, and no string is as long as thousands of those.
    const times = Math.min(wanted, Math.ceil(MOST_BYTES / size))
    return ofLines(lines.toSpliced(from, 0, ...Array.from({ length: times }, () => piece).flat()))
  },
  function joinLines(bytes, random) {
    const lines = linesOf(bytes)
    const from = random(lines.length)
    return ofLines(lines.toSpliced(from, 2, lines.slice(from, from + 2).join('')))
  },
  function takeLinesOfOther(bytes, random, other) {
    const lines = linesOf(bytes)
    const theirs = linesOf(other)
    const from = random(theirs.length)
    return ofLines(lines.toSpliced(random(lines.length + 1), 0, ...theirs.slice(from, from + 9)))
  },
]

/** The bytes of a sample, damaged up to four times; `other` gives pieces. The sample stays as it is. */
export function damaged(sample: Buffer, random: Random, other: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(sample)
  const count = 1 + random(4)
  for (let at = 0; at < count && bytes.length > 0; at++) {
    bytes = one(DAMAGES, random, (same) => same)(bytes, random, other)
  }
  return bytes.subarray(0, MOST_BYTES)
}
