import { GIB, KIB, MIB, NO_LIMIT_BYTES } from '../../model/bytes.ts'

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', KIB],
  ['m', MIB],
  ['g', GIB],
  ['t', 1024 * GIB],
])

/** Bounded, so that a long text costs no more than a short one. */
const SIZE = /^(?<digits>0[xX][0-9a-fA-F]{1,16}|\d{1,20})(?<unit>[kmgtKMGT]?)$/

/**
 * A size as HotSpot reads it after `-Xmx` or `-XX:MaxHeapSize=` (arguments.cpp, atojulong): a whole number with k, m, g or t,
 * all binary. Null for what the JVM does not start with: `1.5g`, `512mb`, `512Mi`.
 *
 * @example readJvmSize('512m') // 536870912
 */
export function readJvmSize(text: string): number | null {
  const groups = SIZE.exec(text)?.groups
  const factor = FACTORS.get((groups?.['unit'] ?? '').toLowerCase())
  if (groups?.['digits'] === undefined || factor === undefined) return null
  const bytes = Number(groups['digits']) * factor
  return bytes < NO_LIMIT_BYTES ? bytes : null
}

/**
 * A size in the JVM's dialect with the largest unit that keeps it whole. What is less than a KiB is dropped, as memory
 * calculators do.
 *
 * @example writeJvmSize(251658240) // '240M'
 */
export function writeJvmSize(bytes: number): string {
  const kib = Math.floor(bytes / KIB)
  if (kib === 0) return '0'
  if (kib % (GIB / KIB) === 0) return `${kib / (GIB / KIB)}G`
  return kib % (MIB / KIB) === 0 ? `${kib / (MIB / KIB)}M` : `${kib}K`
}
