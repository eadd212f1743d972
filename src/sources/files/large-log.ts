import { open } from 'node:fs/promises'
import type { Observation } from '../../model/evidence.ts'
import { openKernelLog, openSearch } from '../../parsers/kernel-log/index.ts'
import type { Origin } from '../../parsers/format.ts'

/**
 * Reads an uncompressed kernel log of any size, in constant memory. The next chunk is read while one is searched, both in the
 * search's own window, so that no byte is copied. Rejects with the system's error where the file cannot be opened or read.
 */
export async function readLargeLog(path: string, origin: Origin): Promise<Observation[]> {
  const search = openSearch()
  const reader = openKernelLog(origin, search)
  const half = search.window.length / 2
  let chunk = search.window.subarray(0, half)
  let other = search.window.subarray(half)
  await using file = await open(path, 'r')
  let reading = file.read(chunk, 0, half, null)
  for (;;) {
    const { bytesRead } = await reading
    if (bytesRead === 0) return reader.finish()
    reading = file.read(other, 0, half, null)
    reader.push(chunk.subarray(0, bytesRead))
    ;[chunk, other] = [other, chunk]
  }
}
