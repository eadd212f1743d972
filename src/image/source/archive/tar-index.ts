import { open, type FileHandle } from 'node:fs/promises'
import { BLOCK_BYTES } from '../../layer/tar-header.ts'
import { paddingAfter, TarEntries } from '../../layer/tar-entries.ts'
import type { Member, Members } from '../content.ts'
import type { BlobPlace } from '../image.ts'
import { MAX_DOCUMENT_BYTES } from '../documents.ts'
import {
  breaksOff,
  brokenTar,
  sparseMember,
  tooLong,
  tooManyMembers,
  unreadable,
} from '../trouble.ts'
import { compressionOf, HEAD_BYTES } from './kind.ts'
import { MAX_MEMBERS } from './limits.ts'
import { followed, type Links, noteLink } from './links.ts'

interface Place {
  offset: number
  sizeBytes: number
}

/** Null: it is sparse, and there are other bytes than its own. */
type Files = Map<string, Place | null>

/**
 * Where the members of a tar lie, found by its headers alone: what is between them is passed over.
 *
 * @throws StellaError 2 where it breaks off or is none; 3 where it cannot be read
 */
export async function indexTar(path: string): Promise<Members<BlobPlace>> {
  const files: Files = new Map()
  const links: Links = new Map()
  await withFile(path, (file) => indexFile(file, path, { files, links }))
  return {
    name: path,
    async find(wanted) {
      const target = followed(wanted, links)
      const place = target === null ? undefined : files.get(target)
      if (place === null) throw sparseMember(wanted, path)
      return place === undefined ? null : memberAt(path, place, wanted)
    },
  }
}

async function indexFile(
  file: FileHandle,
  path: string,
  { files, links }: { files: Files; links: Links },
): Promise<void> {
  const { size } = await file.stat()
  const entries = new TarEntries()
  const block = Buffer.alloc(BLOCK_BYTES)
  let offset = 0
  while (offset < size) {
    if (!(await filled(file, block, offset))) throw breaksOff(path, size)
    const step = entries.take(block)
    offset += BLOCK_BYTES
    if (step.kind === 'end') return
    if (step.kind === 'broken') throw brokenTar(path, step.says, offset - BLOCK_BYTES)
    if (step.kind === 'next') continue
    if (step.kind === 'extension') {
      if (!(await filled(file, step.room, offset))) throw breaksOff(path, size)
      entries.extend(step.room)
    }
    const bodyBytes = step.kind === 'entry' ? step.entry.size : step.size
    if (offset + bodyBytes > size) throw breaksOff(path, size)
    if (step.kind === 'entry') {
      const { entry } = step
      noteLink(links, entry)
      if (entry.kind === 'file') {
        files.set(entry.path, entry.isSparse ? null : { offset, sizeBytes: bodyBytes })
      }
      if (files.size + links.size > MAX_MEMBERS) throw tooManyMembers(path)
    }
    offset += bodyBytes + paddingAfter(bodyBytes)
  }
}

async function memberAt(
  path: string,
  { offset, sizeBytes }: Place,
  name: string,
): Promise<Member<BlobPlace>> {
  return withFile(path, async (file) => {
    const head = Buffer.alloc(Math.min(HEAD_BYTES, sizeBytes))
    await filled(file, head, offset)
    return {
      sizeBytes,
      compression: compressionOf(head),
      seenDigest: null,
      blob: { kind: 'file', path, offset, length: sizeBytes },
      read: () => readPart(path, { offset, sizeBytes }, name),
    }
  })
}

/**
 * A part of a file that is a document.
 *
 * @throws StellaError 2 where it is longer than one may be
 */
export async function readPart(
  path: string,
  { offset, sizeBytes }: Place,
  name: string,
): Promise<Uint8Array> {
  if (sizeBytes > MAX_DOCUMENT_BYTES) throw tooLong(name, path)
  return withFile(path, async (file) => {
    const bytes = new Uint8Array(sizeBytes)
    if (!(await filled(file, bytes, offset))) throw breaksOff(path, offset)
    return bytes
  })
}

/** @throws StellaError 3 where the file cannot be opened or read */
export async function withFile<T>(
  path: string,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'r')
    return await work(file)
  } catch (error) {
    throw unreadable(error, path)
  } finally {
    await file?.close()
  }
}

/** Fills all of `bytes` from `offset` on; false where the file ends before. */
export async function filled(
  file: FileHandle,
  bytes: Uint8Array,
  offset: number,
): Promise<boolean> {
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, offset + at)
    if (bytesRead === 0) return false
    at += bytesRead
  }
  return true
}
