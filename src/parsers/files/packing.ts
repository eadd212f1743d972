export type Packing = 'gzip' | 'zstd'

/** RFC 1952 2.3.1, RFC 8878 3.1.1. The name is not asked: rotated logs are renamed, and uploads lose their suffix. */
export function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  // A frame to be skipped before the others, as zstd:chunked writes it.
  if ((head[0] ?? 0) >> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18)
    return 'zstd'
  return null
}

/** The path of what is inside: the name that formats judge by. */
export function withoutPackingSuffix(path: string): string {
  return path.replace(/\.(?:gz|gzip|zst|zstd)$/i, '')
}
