import { GIB, KIB, MIB, NO_LIMIT_BYTES } from '../../model/bytes.ts'

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 1_000],
  ['kb', KIB],
  ['m', 1_000_000],
  ['mb', MIB],
  ['g', 1_000_000_000],
  ['gb', GIB],
])

/**
 * A size of redis.conf (util.c, memtoull): with b it is binary, without it decimal, in either case. Null for all else.
 *
 * @example readRedisSize('400mb') // 419430400
 */
export function readRedisSize(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,19})([A-Za-z]{0,2})$/.exec(text) ?? []
  const factor = FACTORS.get(unit.toLowerCase())
  if (digits === undefined || factor === undefined) return null
  const bytes = Number(digits) * factor
  return bytes < NO_LIMIT_BYTES ? bytes : null
}
