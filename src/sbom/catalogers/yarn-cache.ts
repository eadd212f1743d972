/**
 * Archives of `.yarn/cache`: with Plug'n'Play, applications run out of them and have no node_modules. `.pnp.cjs` says only where
 * they are looked for; what lies here is there. https://yarnpkg.com/features/pnp
 */
import { MIB } from '../../model/bytes.ts'
import { zipContent } from '../archive/zip-content.ts'
import { zipDirectory, zipEntries } from '../archive/zip.ts'
import type { Cataloger, Found, RandomFile } from '../cataloger.ts'
import { npmInstalled } from './npm-installed.ts'

/** Of the package itself, and not of what lies somewhere inside of it. */
const MANIFEST = /^node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/
const MAX_MANIFEST_BYTES = MIB
/** Yarn writes the folders of a package first, and its files in the order of their names. */
const MAX_ENTRIES = 100_000

export const yarnCache: Cataloger = {
  id: 'yarn-cache',
  version: 1,
  selects: {
    endings: ['.zip'],
    // In the application, or for all of a user.
    accepts: (path) => /(?:^|\/)\.yarn\/(?:berry\/)?cache\/[^/]+\.zip$/.test(path),
  },
  maxBytes: 1024 * MIB,
  reads: 'anywhere',
  catalog,
}

function* catalog(file: RandomFile): Generator<Found> {
  const directory = zipDirectory(file)
  if (directory === null) {
    yield { kind: 'problem', says: 'it is no zip archive' }
    return
  }
  let left = MAX_ENTRIES
  for (const entry of zipEntries(file, directory)) {
    if (left-- === 0) return
    if (!MANIFEST.test(entry.name)) continue
    const content = zipContent(file, directory, entry, MAX_MANIFEST_BYTES)
    if ('problem' in content) {
      yield { kind: 'problem', says: content.problem }
      return
    }
    yield* manifest(content, entry.name)
    return
  }
}

function* manifest(content: Uint8Array, inside: string): Generator<Found> {
  if (npmInstalled.reads !== 'stream') return
  const reader = npmInstalled.open(inside)
  for (const found of [...reader.push(content), ...reader.finish()]) {
    yield found.kind === 'package' ? { ...found, inside } : found
  }
}
