/** As much of a hash as somebody compares. */
export function shortHash(hash: string): string {
  return hash.slice(0, 'sha256:'.length + 12)
}
