/** Packages that are installed as an archive, and not unpacked. */
import { formatBytes, MIB } from '../../model/bytes.ts'
import { ZipStream } from '../archive/zip-content.ts'
import { zipDirectory, zipEntries, type ZipDirectory, type ZipEntry } from '../archive/zip.ts'
import type { Found, RandomFile, StreamCatalog } from '../cataloger.ts'

const MAX_ENTRY_BYTES = 4 * MIB
/** More than any package has. */
const MAX_ENTRIES = 100_000

/** What is found in the first entry of a zip archive whose name matches. */
export async function* inZip(
  file: RandomFile,
  name: RegExp,
  open: () => StreamCatalog,
): AsyncGenerator<Found> {
  const directory = zipDirectory(file)
  if (directory === null) {
    yield { kind: 'problem', says: 'it is no zip archive' }
    return
  }
  const entry = firstNamed(file, directory, name)
  if (entry === null) return
  const stream = new ZipStream(file, directory, entry)
  const reader = open()
  const found: Found[] = []
  for await (const chunk of stream) {
    if (stream.inflated > MAX_ENTRY_BYTES) break
    found.push(...reader.push(chunk))
  }
  if (stream.inflated > MAX_ENTRY_BYTES) {
    yield {
      kind: 'problem',
      says: `${entry.name} is larger than ${formatBytes(MAX_ENTRY_BYTES)}`,
    }
    return
  }
  if (stream.problem !== null) {
    yield { kind: 'problem', says: stream.problem }
    return
  }
  for (const one of [...found, ...reader.finish()]) {
    yield one.kind === 'package' ? { ...one, inside: entry.name } : one
  }
}

function firstNamed(file: RandomFile, directory: ZipDirectory, name: RegExp): ZipEntry | null {
  let left = MAX_ENTRIES
  for (const entry of zipEntries(file, directory)) {
    if (name.test(entry.name)) return entry
    if (--left === 0) return null
  }
  return null
}
