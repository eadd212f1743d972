/** Figures that take few columns; null is not known, and a dash. */

const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const

/**
 * A size in binary units, in at most six characters.
 *
 * @example shortBytes(12_900_000) // "12.3Mi"
 */
export function shortBytes(bytes: number | null): string {
  if (bytes === null) return '-'
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  const sign = bytes < 0 ? '-' : ''
  return `${sign}${value.toFixed(digits).replace(/\.0$/, '')}${UNITS[unit]}`
}

/** A change, with its sign. */
export function shortChange(bytes: number | null): string {
  if (bytes === null) return '-'
  const rounded = Math.round(bytes)
  return rounded > 0 ? `+${shortBytes(rounded)}` : shortBytes(rounded)
}

/** @param share 1 is all of it */
export function shortPercent(share: number | null): string {
  if (share === null) return '-'
  const percent = share * 100
  if (percent >= 999.5) return '>999%'
  return `${percent < 9.95 ? percent.toFixed(1).replace(/\.0$/, '') : percent.toFixed(0)}%`
}

/** A number of events per second, or a percentage without its sign. */
export function shortNumber(value: number | null): string {
  if (value === null) return '-'
  if (value >= 99_950) return `${(value / 1e6).toFixed(1)}M`
  if (value >= 999.5) return `${(value / 1000).toFixed(1)}k`
  return value >= 99.95 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '')
}

/** @example shortDuration(200) // "3m" */
export function shortDuration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)}s`
  if (seconds < 99.5 * 60) return `${Math.round(seconds / 60)}m`
  if (seconds < 47.5 * 3_600) return `${Math.round(seconds / 3_600)}h`
  return `${Math.round(seconds / 86_400)}d`
}
