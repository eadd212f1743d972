import { readDockerSize } from '../../../parsers/quantity/docker.ts'

const UNITS = ['b', 'k', 'm', 'g', 't', 'p']

/** Bytes of a value as compose files write sizes: a number is bytes, a text is Docker's dialect. Null: not set, or no size. */
export function composeBytes(value: unknown): number | null {
  if (typeof value === 'number') return value > 0 ? value : null
  if (typeof value !== 'string') return null
  const size = readDockerSize(value.trim())
  return size.ok && size.bytes > 0 ? size.bytes : null
}

/**
 * A size in the spelling of the one that it takes the place of: `1gb` stays in `gb`, a bare number in bytes. A smaller unit
 * where the size is no whole number of these.
 *
 * @example writeComposeSize(1536 * MIB, '1GB') // "1536MB"
 */
export function writeComposeSize(bytes: number, like: unknown): string {
  const written = typeof like === 'number' || typeof like === 'string' ? String(like).trim() : ''
  const unit = /^[\d.]+ *(?<unit>[a-zA-Z]*)$/.exec(written)?.groups?.['unit'] ?? 'm'
  if (unit === '') return String(bytes)
  const [first = 'm'] = unit
  let power = Math.max(0, UNITS.indexOf(first.toLowerCase()))
  while (bytes % 1024 ** power !== 0) power--
  const letter = UNITS[power] ?? 'b'
  if (power === 0) return String(bytes)
  // `Mi` is refused by Docker: it is not carried on.
  const suffix = /^.i$/i.test(unit) ? '' : unit.slice(1)
  return `${bytes / 1024 ** power}${first === first.toUpperCase() ? letter.toUpperCase() : letter}${suffix}`
}
