/** Runs one cataloger over one file, as a layer would. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cataloger, Found, KeptFile, RandomFile, Scratch } from '../../src/sbom/cataloger.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/packages', import.meta.url))

/** Everything that it finds; bytes come in chunks of `chunkBytes`. */
export async function catalogFile(
  cataloger: Cataloger,
  path: string,
  bytes: Uint8Array,
  chunkBytes = 64 * 1024,
): Promise<Found[]> {
  switch (cataloger.reads) {
    case 'whole':
      return [...cataloger.catalog({ path, bytes })]
    case 'stream': {
      const stream = cataloger.open(path)
      const found: Found[] = []
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        // A copy that is spoilt afterwards: chunks are valid only while they are pushed.
        const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes))
        found.push(...stream.push(chunk))
        chunk.fill(0)
      }
      found.push(...stream.finish())
      return found
    }
    case 'anywhere': {
      const found: Found[] = []
      for await (const one of cataloger.catalog(inMemory(path, bytes), memoryScratch)) {
        found.push(one)
      }
      return found
    }
  }
}

/** Files of `fixtures/packages/<cataloger>/<name>`, by their path from there. */
export function packageFixture(cataloger: string, name: string): Map<string, Uint8Array> {
  const folder = join(FIXTURES, cataloger, name)
  const paths = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  )
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(folder, path))]))
}

/** What it finds in all files of a fixture that it selects by any of its rules. */
export async function catalogFixture(cataloger: Cataloger, name: string): Promise<Found[]> {
  const found: Found[] = []
  for (const [path, bytes] of packageFixture(cataloger.id, name)) {
    found.push(...(await catalogFile(cataloger, path, bytes)))
  }
  return found
}

/** What was read is spoilt with the next call: it is valid until then. */
export function inMemory(path: string, bytes: Uint8Array): RandomFile {
  let last = new Uint8Array()
  return {
    path,
    size: bytes.length,
    read(offset, length) {
      last.fill(0)
      last = Uint8Array.from(bytes.subarray(offset, Math.max(offset, offset + length)))
      return last
    },
  }
}

export const memoryScratch: Scratch = {
  async keep(path, chunks, maxBytes): Promise<KeptFile | null> {
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > maxBytes) return null
      pieces.push(chunk.slice())
    }
    return { ...inMemory(path, Buffer.concat(pieces)), release: () => {} }
  },
}
