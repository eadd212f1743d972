/** Walks the root folder of a file system as if it were a layer. No link is followed. */
import { errorCode } from '../../model/error-code.ts'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  opendirSync,
  readlinkSync,
} from 'node:fs'
import type { Dir, Dirent } from 'node:fs'
import { join } from 'node:path'
import { fileAt } from './file-part.ts'
import type { EntryKind, TarEntry } from './tar-entries.ts'
import type { LayerVisitor } from './visitor.ts'

/** Deeper ones were made to be too deep. */
const MAX_DEPTH = 1_000
/** What the kernel shows of itself is no part of an image. */
const KERNEL_FOLDERS = new Set(['proc', 'sys', 'dev'])

export async function walkFolder(root: string, visitor: LayerVisitor): Promise<void> {
  const open: { dir: Dir; path: string }[] = []
  enter('')

  function enter(path: string): void {
    try {
      if (open.length >= MAX_DEPTH) visitor.problem(`${path} lies too deep and was not read`)
      else open.push({ dir: opendirSync(join(root, path), { bufferSize: 256 }), path })
    } catch (error) {
      visitor.problem(
        `${path === '' ? 'the folder' : path} could not be read (${errorCode(error)})`,
      )
    }
  }

  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const child = last.dir.readSync()
    if (child === null) {
      last.dir.closeSync()
      open.pop()
      continue
    }
    const path = last.path === '' ? child.name : `${last.path}/${child.name}`
    if (last.path === '' && KERNEL_FOLDERS.has(path)) continue
    try {
      const done = visit(child, path)
      if (done !== null) await done
    } catch (error) {
      visitor.problem(`${path} could not be read (${errorCode(error)})`)
    }
    if (child.isDirectory()) enter(path)
    const turn = visitor.turn?.() ?? null
    if (turn !== null) await turn
  }

  function visit(child: Dirent, path: string): Promise<void> | null {
    const entry = entryOf(child, path)
    const sink = visitor.entry(entry)
    if (sink === null) return null
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const descriptor = openSync(join(root, path), flags)
    try {
      const length = Math.min(entry.size, fstatSync(descriptor).size)
      const done = sink.readFrom(fileAt({ descriptor, offset: 0, length }, 0, path, length))
      if (done !== null) return done.finally(() => closeSync(descriptor))
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    closeSync(descriptor)
    return null
  }

  function entryOf(child: Dirent, path: string): TarEntry {
    const kind = kindOf(child)
    const place = join(root, path)
    const target = kind === 'symbolic-link' ? readlinkSync(place) : ''
    const { size, mode } = kind === 'file' ? lstatSync(place) : { size: 0, mode: 0 }
    return { path, kind, size, mode, target, isSparse: false }
  }
}

function kindOf(child: Dirent): EntryKind {
  if (child.isFile()) return 'file'
  if (child.isDirectory()) return 'folder'
  return child.isSymbolicLink() ? 'symbolic-link' : 'other'
}
