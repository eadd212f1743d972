/** What happens to blobs on their way. They are small ones. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** RFC 1952, 2.3: the tenth byte of gzip says which system wrote it, and is nothing to whoever unpacks it. */
const SYSTEM_AT = 9

/** Keeps the first half, and gives what there is to say of it. */
export function halve(path: string): { digest: string; size: number } {
  const all = readFileSync(path)
  const half = all.subarray(0, Math.floor(all.length / 2))
  writeFileSync(path, half)
  return { digest: createHash('sha256').update(half).digest('hex'), size: half.length }
}

/** Gives it another byte, with which gzip unpacks to the same. */
export function change(path: string): void {
  const bytes = readFileSync(path)
  bytes[SYSTEM_AT] = 0xee
  writeFileSync(path, bytes)
}
