import { GIB, KIB, MIB, NO_LIMIT_BYTES } from '../../model/bytes.ts'

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', KIB],
  ['MiB', MIB],
  ['GiB', GIB],
  ['TiB', 1024 * GIB],
])

/**
 * A size as Go reads it from GOMEMLIMIT (runtime, parseByteCount): a whole number, with B, KiB, MiB, GiB, TiB or nothing.
 * Null for what the program does not start with: `512Mi`, `512M`, `1.5GiB`.
 *
 * @example readGoSize('460MiB') // 482344960
 */
export function readGoSize(text: string): number | null {
  const [, digits, unit = ''] = /^\+?(\d{1,19})([A-Za-z]{0,3})$/.exec(text) ?? []
  const factor = FACTORS.get(unit)
  if (digits === undefined || factor === undefined) return null
  const bytes = Number(digits) * factor
  return bytes < NO_LIMIT_BYTES ? bytes : null
}
