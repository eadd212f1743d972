import { GIB, KIB, MIB, NO_LIMIT_BYTES } from '../../model/bytes.ts'

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', KIB],
  ['M', MIB],
  ['G', GIB],
])

/**
 * A size of php.ini (zend_ini.c, zend_ini_parse_quantity): a whole number with K, M or G, all binary, in either case. Null for
 * -1, which is no limit, and for what is no size.
 *
 * @example readPhpSize('128M') // 134217728
 */
export function readPhpSize(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,15})\s*([KMG]?)$/i.exec(text.trim()) ?? []
  const factor = FACTORS.get(unit.toUpperCase())
  if (digits === undefined || factor === undefined) return null
  const bytes = Number(digits) * factor
  return bytes < NO_LIMIT_BYTES ? bytes : null
}
