import * as wasm from './assembler.ts'
import type { Code } from './assembler.ts'
import { BEGINNINGS, isNeedleAt, WINDOW_BYTES, type NeedleSearch } from './needles.ts'

/** The part of the JavaScript interface that is used; browsers may forbid it by their content policy. */
declare const WebAssembly:
  | undefined
  | {
      Module: new (bytes: Uint8Array<ArrayBuffer>) => object
      Instance: new (module: object) => { exports: Exports }
    }

interface Exports {
  memory: { buffer: ArrayBuffer }
  /** First position from `from` on where three bytes may begin a needle, -1 if none before `end`. */
  find(from: number, end: number): number
  /** Newlines that the last `find` passed, from its `from` up to `reached`. */
  passed: { value: number }
  reached: { value: number }
  count(from: number, end: number): number
}

const PAGE_BYTES = 64 * 1024
const STEP = 16
const FROM = 0
const END = 1
const PASSED = 0
const REACHED = 1

/**
 * Looks at sixteen positions at a time, for all needles at once: each beginning has a bit, and for each of its three bytes two
 * tables tell by the lower and the upper half of a byte whose bit may stand there (the "Teddy" of Hyperscan and ripgrep).
 * Null where WebAssembly or its vectors are not to be had.
 */
export function vectorSearch(): NeedleSearch | null {
  return instantiate(wasm.relaxedSwizzle) ?? instantiate(wasm.swizzle)
}

/** The relaxed instruction does the same for the indexes below sixteen that are used here, and is one of the machine's own. */
function instantiate(swizzle: Code): NeedleSearch | null {
  if (typeof WebAssembly === 'undefined') return null
  try {
    const pages = (2 * WINDOW_BYTES) / PAGE_BYTES + 1
    const functions = [findFunction(swizzle), countFunction()]
    const bytes = wasm.moduleOf(functions, ['passed', 'reached'], pages)
    const compiled = new WebAssembly.Module(bytes)
    return searchWith(new WebAssembly.Instance(compiled).exports)
  } catch {
    return null
  }
}

function searchWith({ memory, find, count, passed, reached }: Exports): NeedleSearch {
  const window = new Uint8Array(memory.buffer, 0, WINDOW_BYTES)
  // Foreign bytes have a place of their own: a chunk may be on its way into the window meanwhile.
  const place = new Uint8Array(memory.buffer, WINDOW_BYTES, WINDOW_BYTES)
  let linesPassed = 0
  /** Steps are of sixteen bytes: what was not counted, or counted too far, is little. */
  const passTo = (position: number): void => {
    const counted = reached.value
    linesPassed += passed.value
    linesPassed += position >= counted ? count(counted, position) : -count(position, counted)
  }
  return {
    window,
    hold(bytes) {
      if (bytes.buffer === memory.buffer) return bytes
      place.set(bytes)
      return place.subarray(0, bytes.length)
    },
    next(held, from, end) {
      const base = held.byteOffset
      linesPassed = 0
      let position = find(base + from, base + end)
      while (position >= 0 && position < base + end) {
        if (isNeedleAt(held, position - base)) {
          passTo(position)
          return position - base
        }
        passTo(position + 1)
        position = find(position + 1, base + end)
      }
      passTo(base + end)
      return -1
    },
    get linesPassed() {
      return linesPassed
    },
  }
}

function findFunction(swizzle: Code): wasm.Exported {
  const [sum, bytes, found, half, low, high] = [2, 3, 4, 5, 6, 7] as const
  const table = (position: number, isUpper: boolean): number => 8 + 2 * position + (isUpper ? 1 : 0)
  const now = (position: number): number => 14 + position
  const before = (position: number): number => 17 + position
  const positions = [0, 1, 2]
  const tables = positions.flatMap((position) => [
    ...[...wasm.vectorOf(bitsOf(position, lower)), ...wasm.set(table(position, false))],
    ...[...wasm.vectorOf(bitsOf(position, upper)), ...wasm.set(table(position, true))],
  ])
  const halves: Code = [
    ...[...wasm.get(FROM), ...wasm.load(0), ...wasm.set(bytes)],
    ...[...wasm.get(bytes), ...wasm.get(half), ...wasm.and, ...wasm.set(low)],
    ...[...wasm.get(bytes), ...wasm.i32(4), ...wasm.shiftRight16],
    ...[...wasm.get(half), ...wasm.and, ...wasm.set(high)],
  ]
  const bitsNow = positions.flatMap((position) => [
    ...[...wasm.get(table(position, false)), ...wasm.get(low), ...swizzle],
    ...[...wasm.get(table(position, true)), ...wasm.get(high), ...swizzle],
    ...[...wasm.and, ...wasm.set(now(position))],
  ])
  /** The bits of the byte two places (position 0) or one place (position 1) before each. */
  const shifted = (position: number): Code => [
    ...[...wasm.get(before(position)), ...wasm.get(now(position))],
    ...wasm.sliceOfBoth(14 + position),
  ]
  const matches: Code = [
    ...[...wasm.get(now(2)), ...shifted(1), ...wasm.and, ...shifted(0), ...wasm.and],
    ...wasm.set(found),
  ]
  const newlines: Code = [
    ...[...wasm.get(bytes), ...wasm.sixteen(0x0a), ...wasm.equalBytes, ...wasm.bitmask],
    ...[...wasm.countOnes, ...wasm.get(sum), ...wasm.add, ...wasm.set(sum)],
  ]
  const tell: Code = [
    ...[...wasm.get(sum), ...wasm.setGlobal(PASSED), ...wasm.get(FROM), ...wasm.setGlobal(REACHED)],
  ]
  // The match stands at the third byte of the needle.
  const firstFound: Code = [
    ...tell,
    ...wasm.get(FROM),
    ...[...wasm.get(found), ...wasm.sixteen(0), ...wasm.unequalBytes, ...wasm.bitmask],
    ...[...wasm.countTrailingZeros, ...wasm.add, ...wasm.i32(2), ...wasm.subtract],
    ...wasm.giveBack,
  ]
  return {
    name: 'find',
    locals: [wasm.I32, ...Array.from({ length: 16 }, () => wasm.V128)],
    body: [
      ...[...wasm.sixteen(0x0f), ...wasm.set(half), ...tables],
      ...wasm.loopUntil(
        [...wasm.get(FROM), ...wasm.get(END), ...wasm.i32(2), ...wasm.add, ...wasm.isAtLeast],
        [
          ...[...halves, ...bitsNow, ...matches],
          ...[...wasm.get(found), ...wasm.isAnySet, ...wasm.when(firstFound)],
          ...[
            ...wasm.get(now(0)),
            ...wasm.set(before(0)),
            ...wasm.get(now(1)),
            ...wasm.set(before(1)),
          ],
          ...newlines,
          ...[...wasm.get(FROM), ...wasm.i32(STEP), ...wasm.add, ...wasm.set(FROM)],
        ],
      ),
      ...tell,
      ...wasm.i32(-1),
    ],
  }
}

function countFunction(): wasm.Exported {
  const sum = 2
  const newlines: Code = [
    ...[
      ...wasm.get(FROM),
      ...wasm.load(0),
      ...wasm.sixteen(0x0a),
      ...wasm.equalBytes,
      ...wasm.bitmask,
    ],
  ]
  const next: Code = [...wasm.get(FROM), ...wasm.i32(STEP), ...wasm.add]
  // Of the last block only the bits below `end - from` count.
  const rest: Code = [
    ...[...wasm.i32(1), ...wasm.get(END), ...wasm.get(FROM), ...wasm.subtract, ...wasm.shiftLeft],
    ...[...wasm.i32(1), ...wasm.subtract],
  ]
  return {
    name: 'count',
    locals: [wasm.I32],
    body: [
      ...wasm.loopUntil(
        [...next, ...wasm.get(END), ...wasm.isAbove],
        [
          ...[...newlines, ...wasm.countOnes, ...wasm.get(sum), ...wasm.add, ...wasm.set(sum)],
          ...[...next, ...wasm.set(FROM)],
        ],
      ),
      ...[...newlines, ...rest, ...wasm.bitAnd, ...wasm.countOnes, ...wasm.get(sum), ...wasm.add],
    ],
  }
}

/** For each half byte, the bits of the beginnings whose byte at this position has that half. */
function bitsOf(position: number, half: (byte: number) => number): number[] {
  const bits = Array.from({ length: 16 }, () => 0)
  for (const [index, beginning] of BEGINNINGS.entries()) {
    const slot = half(beginning.charCodeAt(position))
    bits[slot] = (bits[slot] ?? 0) | (1 << index)
  }
  return bits
}

function lower(byte: number): number {
  return byte & 0x0f
}

function upper(byte: number): number {
  return byte >> 4
}
