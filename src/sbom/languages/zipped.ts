/** Packages that are installed as an archive, and not unpacked. */
import { MIB } from '../../model/bytes.ts'
import { zipContent } from '../archive/zip-content.ts'
import { zipDirectory, zipEntries } from '../archive/zip.ts'
import type { Found, RandomFile, StreamCatalog } from '../cataloger.ts'

const MAX_ENTRY_BYTES = 4 * MIB
/** More than any package has. */
const MAX_ENTRIES = 100_000

/** What is found in the first entry of a zip archive whose name matches. */
export function* inZip(
  file: RandomFile,
  name: RegExp,
  open: () => StreamCatalog,
): Generator<Found> {
  const directory = zipDirectory(file)
  if (directory === null) {
    yield { kind: 'problem', says: 'it is no zip archive' }
    return
  }
  let left = MAX_ENTRIES
  for (const entry of zipEntries(file, directory)) {
    if (left-- === 0) return
    if (!name.test(entry.name)) continue
    const content = zipContent(file, directory, entry, MAX_ENTRY_BYTES)
    if ('problem' in content) {
      yield { kind: 'problem', says: content.problem }
      return
    }
    const reader = open()
    for (const found of [...reader.push(content), ...reader.finish()]) {
      yield found.kind === 'package' ? { ...found, inside: entry.name } : found
    }
    return
  }
}
