/**
 * Sizes are plain numbers of bytes, and every name that holds one ends in `Bytes`.
 * Above 2^53 (the kernel's "no limit" values) precision is lost; such values are never limits, see {@link NO_LIMIT_BYTES}.
 */
export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

/**
 * From this size on, a limit means "no limit": cgroup v1 writes PAGE_COUNTER_MAX (2^63 rounded down to a page, in any page size),
 * and no machine has 2^60 bytes.
 */
export const NO_LIMIT_BYTES = 2 ** 60

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/**
 * A size for people, in binary units with at most two decimals.
 *
 * @example formatBytes(33554432) // "32 MiB"
 */
export function formatBytes(bytes: number): string {
  const sign = bytes < 0 ? '-' : ''
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || Number.isInteger(value) ? 0 : value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${sign}${Number(value.toFixed(digits))} ${UNITS[unit]}`
}

/** A limit as a number, or null where the value means "no limit". */
export function limitOrNull(bytes: number | null): number | null {
  return bytes === null || bytes >= NO_LIMIT_BYTES ? null : bytes
}
