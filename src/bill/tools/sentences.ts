import { formatBytes } from '../../model/bytes.ts'

/** Sizes below this are no reason worth a word. */
const WORTH_TELLING_BYTES = 64 * 1024

/** `12 MiB of page cache`; nothing where the size is not known or next to nothing. */
export function amount(bytes: number | null, what: string): string[] {
  return bytes === null || bytes < WORTH_TELLING_BYTES ? [] : [`${formatBytes(bytes)} ${what}`]
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** Puts what holds together to one sentence without a full stop. */
export function sentence(...clauses: readonly (string | null)[]): string {
  return clauses.filter((clause) => clause !== null && clause !== '').join('; ')
}
