import { GIB, KIB, MIB, NO_LIMIT_BYTES } from '../../model/bytes.ts'

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', KIB],
  ['MB', MIB],
  ['GB', GIB],
  ['TB', 1024 * GIB],
])

/**
 * A memory setting of PostgreSQL (guc.c, memory_unit_conversion_table): binary, and in exactly this case. A bare number counts
 * in the setting's own unit, which is given.
 *
 * @param unitBytes of a bare number: 8 KiB for shared_buffers, 1 KiB for work_mem
 * @example readPostgresSize('128MB', 8192) // 134217728
 */
export function readPostgresSize(text: string, unitBytes: number): number | null {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s?([A-Za-z]{0,2})$/.exec(text) ?? []
  const factor = unit === '' ? unitBytes : FACTORS.get(unit)
  if (digits === undefined || factor === undefined) return null
  const bytes = Math.round(Number(digits) * factor)
  return bytes < NO_LIMIT_BYTES ? bytes : null
}
