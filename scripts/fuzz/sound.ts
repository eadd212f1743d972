/** What holds of every answer, whatever was asked. */
import { LayerError } from '../../src/image/layer/layer-error.ts'
import { StellaError } from '../../src/model/errors.ts'

export function must(holds: boolean, says: string): void {
  if (!holds) throw new Error(says)
}

/** Figures exist, sizes are not below nothing, and no text says what a program says of nothing. */
export function mustBeSound(value: unknown): void {
  for (const [key, leaf] of leaves(value, '', 0)) {
    if (typeof leaf === 'number') {
      must(Number.isFinite(leaf), `${key} is ${leaf}`)
      if (isSize(key)) must(leaf >= 0, `${key} is ${leaf}`)
    }
  }
}

/** Of a rate or a difference, the sign says something. */
function isSize(key: string): boolean {
  return /(?:^b|B)ytes$/.test(key) && !/rate|slope|change|delta|growth|unattributed|rest/i.test(key)
}

const MOST_DEPTH = 60

function* leaves(value: unknown, key: string, depth: number): Generator<[string, unknown]> {
  if (depth > MOST_DEPTH) return
  if (value instanceof Map) {
    for (const [name, inner] of value) yield* leaves(inner, String(name), depth + 1)
  } else if (Array.isArray(value)) {
    for (const inner of value) yield* leaves(inner, key, depth + 1)
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [name, inner] of Object.entries(value)) yield* leaves(inner, name, depth + 1)
  } else {
    yield [key, value]
  }
}

/** Nothing that a terminal obeys, or that hides text. */
export function mustBePrintable(text: string): void {
  // oxlint-disable-next-line no-control-regex
  const found = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(text)
  must(
    found === null,
    `it prints a control character: U+${found?.[0].charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What the reader gives; null where it refuses in words for people, which is an answer. */
export function refusable<Result>(read: () => Result): Result | null {
  try {
    return read()
  } catch (error) {
    return refused(error)
  }
}

/** @throws the error where it is none for people */
export function refused(error: unknown): null {
  if (error instanceof StellaError) {
    must(error.todo !== '' && error.message !== '', 'a refusal without words')
    return null
  }
  if (error instanceof LayerError) return null
  throw error
}
