/** As much of the WebAssembly binary format as two small loops need (WebAssembly Core Specification 2.0, section 5). */
export type Code = readonly number[]

export const I32 = 0x7f
export const V128 = 0x7b
const VOID = 0x40
const MUTABLE = 0x01

export function get(local: number): Code {
  return [0x20, local]
}

export function set(local: number): Code {
  return [0x21, local]
}

export function setGlobal(index: number): Code {
  return [0x24, index]
}

export function i32(value: number): Code {
  return [0x41, ...signed(value)]
}

export const add: Code = [0x6a]
export const subtract: Code = [0x6b]
export const bitAnd: Code = [0x71]
export const shiftLeft: Code = [0x74]
export const isAbove: Code = [0x4b]
export const isAtLeast: Code = [0x4f]
export const countTrailingZeros: Code = [0x68]
export const countOnes: Code = [0x69]
export const giveBack: Code = [0x0f]

/** Repeats the body until `until`, which stands at its top, is true. */
export function loopUntil(until: Code, body: Code): Code {
  return [0x02, VOID, 0x03, VOID, ...until, 0x0d, 1, ...body, 0x0c, 0, 0x0b, 0x0b]
}

export function when(body: Code): Code {
  return [0x04, VOID, ...body, 0x0b]
}

/** Sixteen bytes from the address on the stack. */
export function load(offset: number): Code {
  return [...vector(0x00), 0, ...unsigned(offset)]
}

export function vectorOf(bytes: readonly number[]): Code {
  return [...vector(0x0c), ...bytes]
}

export function sixteen(byte: number): Code {
  return vectorOf(Array.from({ length: 16 }, () => byte))
}

/** Picks bytes of the first operand by the indexes in the second. */
export const swizzle: Code = vector(0x0e)
/** The same, and whatever the machine likes for indexes of sixteen and more. */
export const relaxedSwizzle: Code = vector(0x100)
/** Sixteen bytes of the two operands put end to end, from `start` on. */
export function sliceOfBoth(start: number): Code {
  return [...vector(0x0d), ...Array.from({ length: 16 }, (_, lane) => start + lane)]
}

export const equalBytes: Code = vector(0x23)
export const unequalBytes: Code = vector(0x24)
export const and: Code = vector(0x4e)
export const isAnySet: Code = vector(0x53)
export const bitmask: Code = vector(0x64)
export const shiftRight16: Code = vector(0x8d)

function vector(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)]
}

export interface Exported {
  name: string
  /** Types of the locals after the two parameters. */
  locals: readonly number[]
  body: Code
}

/** A module of functions (i32, i32) → i32 on one memory, which is exported as `memory`, and of i32 globals that begin at 0. */
export function moduleOf(
  functions: readonly Exported[],
  globals: readonly string[],
  pages: number,
): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...list([[I32], [I32]]), ...list([[I32]])]
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, index])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([type])),
    ...section(3, list(functions.map(() => [0]))),
    ...section(5, list([[0x00, ...unsigned(pages)]])),
    ...section(6, list(globals.map(() => [I32, MUTABLE, ...i32(0), 0x0b]))),
    ...section(
      7,
      list([
        ...exports,
        [...text('memory'), 0x02, 0],
        ...globals.map((name, index) => [...text(name), 0x03, index]),
      ]),
    ),
    ...section(10, list(functions.map(codeOf))),
  ])
}

function codeOf({ locals, body }: Exported): Code {
  const code = [...list(locals.map((type) => [1, type])), ...body, 0x0b]
  return [...unsigned(code.length), ...code]
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content]
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()]
}

function text(name: string): Code {
  return list(Array.from(name, (char) => [char.charCodeAt(0)]))
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  const low = value & 0x7f
  const rest = value >> 7
  const isDone = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
  return isDone ? [low] : [low | 0x80, ...signed(rest)]
}
