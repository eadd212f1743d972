/** Lays an empty database that was packed at build time into a folder. */
import { appendFileSync, createReadStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflated } from '../../image/layer/inflate.ts'
import type { TarEntry } from '../../image/layer/tar-entries.ts'
import { walkStream } from '../../image/layer/walk-stream.ts'
import type { BodySink } from '../../image/layer/visitor.ts'

const FOLDER = { recursive: true, mode: 0o700 }
const NEW_FILE = { flag: 'wx', mode: 0o600 }
/** Of the engine that packed it: it has long ended, and would be taken for one that runs. */
const OWNER_FILE = 'postmaster.pid'

/**
 * @param seed a packed data folder of the embedded engine
 * @throws LayerError where it is damaged; what the file system says where it cannot be written
 */
export async function unpackSeed(seed: string, folder: string): Promise<void> {
  mkdirSync(folder, FOLDER)
  await walkStream(inflated(createReadStream(seed), 'gzip'), {
    entry: (entry) => place(entry, folder),
    problem(says) {
      throw new Error(`${seed}: ${says}`)
    },
  })
}

function place({ path, kind }: TarEntry, folder: string): BodySink | null {
  const at = join(folder, path)
  if (kind === 'folder') mkdirSync(at, FOLDER)
  if (kind !== 'file' || path === OWNER_FILE) return null
  writeFileSync(at, '', NEW_FILE)
  return {
    write(chunk) {
      appendFileSync(at, chunk)
      return true
    },
    end: () => null,
    readFrom: () => null,
  }
}
