import { formatBytes } from '../model/bytes.ts'

/**
 * A size with its bytes at hand; null is not known.
 *
 * @example sizeWithBytes(33554432) // "32 MiB (33554432 bytes)"
 */
export function sizeWithBytes(bytes: number | null): string {
  if (bytes === null) return 'not known'
  return Math.abs(bytes) < 1024 ? `${bytes} bytes` : `${formatBytes(bytes)} (${bytes} bytes)`
}
