/** Reads fields of JSON or YAML that somebody else wrote: what is not there, or of another type, is null. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isRecord(current) || !Object.hasOwn(current, key)) return null
    current = current[key]
  }
  return current ?? null
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object that a text is; null where it is no JSON, or another value. */
export function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

/** A string that says something: empty strings are what APIs write for "not set". */
export function textField(value: unknown, ...path: readonly string[]): string | null {
  const found = field(value, ...path)
  return typeof found === 'string' && found !== '' ? found : null
}

export function numberField(value: unknown, ...path: readonly string[]): number | null {
  const found = field(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : null
}

/** A size or a count: a number that is not below 0. */
export function amountField(value: unknown, ...path: readonly string[]): number | null {
  const found = numberField(value, ...path)
  return found !== null && found >= 0 ? found : null
}

export function booleanField(value: unknown, ...path: readonly string[]): boolean | null {
  const found = field(value, ...path)
  return typeof found === 'boolean' ? found : null
}

/** The list at the path, cut at `cap` elements; empty where there is none. */
export function listField(value: unknown, cap: number, ...path: readonly string[]): unknown[] {
  const found = field(value, ...path)
  return Array.isArray(found) ? found.slice(0, cap) : []
}

/** RFC 3339, `2026-11-21T06:35:16Z`; null for anything without a time zone. */
export function instantField(value: unknown, ...path: readonly string[]): number | null {
  return parseInstant(textField(value, ...path))
}

const RFC3339 =
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.,](\d{1,12}))?\s?([Zz]|[+-]\d\d:?\d\d)(?: UTC)?$/

/** An RFC 3339 time; fractions below a millisecond are kept. */
export function parseInstant(text: string | null): number | null {
  const match = text === null ? null : RFC3339.exec(text)
  if (text === null || match === null) return null
  const zone = (match[2] ?? 'Z').toUpperCase()
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}${offset}`)
  return Number.isNaN(seconds) ? null : seconds + Number(`0.${match[1] ?? 0}`) * 1_000
}

/** JSON for an excerpt; empty for a value that is nested too deeply to be written. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
