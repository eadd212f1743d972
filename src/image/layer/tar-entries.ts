/** What the blocks of a tar archive say together: headers, long names and extended records become entries. */
import {
  BLOCK_BYTES,
  hasMoreSparse,
  hasSparseBlocks,
  isEndBlock,
  readHeader,
} from './tar-header.ts'
import type { TarHeader } from './tar-header.ts'

export type EntryKind = 'file' | 'hard-link' | 'symbolic-link' | 'folder' | 'other'

export interface TarEntry {
  /** From the root, cleaned: no slash at either end, no `.`, no doubled slash. Empty: the root itself. */
  path: string
  kind: EntryKind
  /** Of the body, in bytes. */
  size: number
  mode: number
  /** Where a link points, as it stands there. */
  target: string
  /** Its body is no plain copy of the file: holes are left out. */
  isSparse: boolean
}

/** What to do after a block. */
export type Step =
  /** A body follows that belongs to an entry. */
  | { kind: 'entry'; entry: TarEntry }
  /** A body of so many bytes follows, which `TarEntries.extend` wants; `room` is memory for it, the same each time. */
  | { kind: 'extension'; size: number; room: Buffer }
  /** A body follows that nobody wants: `says` why where somebody should know. */
  | { kind: 'skip'; size: number; says: string | null }
  /** The block said all that it has to say. */
  | { kind: 'next' }
  | { kind: 'end' }
  | { kind: 'broken'; says: string }

/** Names and records beyond this are no names. */
export const MAX_EXTENSION_BYTES = 1024 * 1024
/** Of a path and of where a link points: Linux opens none that is longer. path_resolution(7) */
const MAX_PATH_BYTES = 4096
/** Of a unit of UTF-16 in UTF-8. */
const MAX_UNIT_BYTES = 3
/** Of a name in a sentence, in characters. */
const MAX_SHOWN = 200

/** What is kept of extended records: others, as times and extended attributes, say nothing of packages. */
type RecordKey = 'path' | 'linkpath' | 'size' | 'GNU.sparse.name' | typeof SPARSE
/** Stands for all records of a sparse file. */
const SPARSE = 'GNU.sparse'

const KINDS: Readonly<Record<string, EntryKind>> = {
  '0': 'file',
  '1': 'hard-link',
  '2': 'symbolic-link',
  '5': 'folder',
  '7': 'file',
  S: 'file',
}
/** Types whose size is that of something else, and which have no body. */
const WITHOUT_BODY = new Set(['1', '2', '3', '4', '5', '6'])

/** Reads the blocks of one archive, in their order. */
export class TarEntries {
  #records = new Map<RecordKey, string>()
  #pending: 'x' | 'g' | 'L' | 'K' | null = null
  #sparse: TarHeader | null = null
  /** Of a name or record before the next entry that was too long to be read, in bytes. */
  #unread = 0
  #last: string | null = null
  /** There may be a million extensions: each would take memory that is given back later. */
  #room = Buffer.alloc(0)

  /** The name of what was begun last, cut where it is long. */
  get last(): string | null {
    return this.#last?.slice(0, MAX_SHOWN) ?? null
  }

  /** A header block. */
  take(block: Buffer): Step {
    if (this.#sparse !== null) return this.#takeSparse(block, this.#sparse)
    if (isEndBlock(block)) return { kind: 'end' }
    const header = readHeader(block)
    if (header === null) return { kind: 'broken', says: 'is no header of a tar archive' }
    this.#last = header.name
    switch (header.flag) {
      case 'x':
      case 'g':
      case 'L':
      case 'K':
        return this.#extension(header, header.flag)
      case 'S':
        if (!hasSparseBlocks(block)) return this.#entry(header)
        this.#sparse = header
        return { kind: 'next' }
      default:
        return this.#entry(header)
    }
  }

  /** The body that an `extension` asked for. */
  extend(body: Buffer): void {
    const pending = this.#pending
    this.#pending = null
    if (pending === 'L' || pending === 'K') {
      const zero = body.indexOf(0)
      const name = body.toString('utf8', 0, zero === -1 ? body.length : zero)
      this.#records.set(pending === 'L' ? 'path' : 'linkpath', name)
    } else if (pending === 'x') readRecords(body, this.#records)
  }

  #extension(header: TarHeader, flag: 'x' | 'g' | 'L' | 'K'): Step {
    if (header.size <= MAX_EXTENSION_BYTES) {
      // What a global header says, runtimes do not apply to entries: neither Go's archive/tar nor who uses it.
      this.#pending = flag
      if (header.size === 0) return { kind: 'next' }
      if (this.#room.length < header.size) this.#room = Buffer.allocUnsafe(header.size)
      return {
        kind: 'extension',
        size: header.size,
        room: this.#room.subarray(0, header.size),
      }
    }
    // Of the whole archive, it changes nothing.
    if (flag !== 'g') this.#unread = header.size
    return { kind: 'skip', size: header.size, says: null }
  }

  #takeSparse(block: Buffer, header: TarHeader): Step {
    if (hasMoreSparse(block)) return { kind: 'next' }
    this.#sparse = null
    return this.#entry(header)
  }

  #entry(header: TarHeader): Step {
    const records = this.#records
    // Most entries have none, and there are hundreds of thousands.
    if (records.size > 0) this.#records = new Map()
    // An empty record takes back what was said before.
    const said = (key: RecordKey): string | undefined => records.get(key) || undefined
    const kind = KINDS[header.flag] ?? 'other'
    const name = said('GNU.sparse.name') ?? said('path') ?? header.name
    this.#last = name
    const stated = said('size')
    const size = stated === undefined ? header.size : sizeIn(stated)
    if (size === null) return { kind: 'broken', says: 'states a size that is none' }
    // Before ustar a folder was a file whose name ends with a slash.
    const isOldFolder = kind === 'file' && name.endsWith('/')
    const bodyBytes = WITHOUT_BODY.has(header.flag) ? 0 : size
    const target = said('linkpath') ?? header.linkName
    const skipped = (says: string): Step => ({ kind: 'skip', size: bodyBytes, says })
    const unread = this.#unread
    this.#unread = 0
    if (unread > 0) {
      // No runtime takes it, and its true name may have been in there. archive/tar of Go: maxSpecialFileSize
      return skipped(
        `an entry with a name or record of ${unread} bytes: ${name.slice(0, MAX_SHOWN)}`,
      )
    }
    if (isTooLong(name) || isTooLong(target)) {
      return skipped(`an entry whose name is too long for Linux: ${name.slice(0, MAX_SHOWN)}…`)
    }
    const path = cleanPath(name)
    if (path === null) return skipped(`an entry that points outside: ${name.slice(0, MAX_SHOWN)}`)
    const isSparse = header.flag === 'S' || records.has(SPARSE)
    const entry: TarEntry = {
      path,
      kind: isOldFolder ? 'folder' : kind,
      size: bodyBytes,
      mode: header.mode,
      target,
      isSparse,
    }
    return { kind: 'entry', entry }
  }
}

/** Counts the bytes only where they may be too many. */
function isTooLong(path: string): boolean {
  return path.length * MAX_UNIT_BYTES > MAX_PATH_BYTES && Buffer.byteLength(path) > MAX_PATH_BYTES
}

/** Bytes between the end of a body and the next header. */
export function paddingAfter(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES
}

const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/

/** From the root, without slashes at its ends; null where it points outside. */
export function cleanPath(name: string): string | null {
  // As nearly all of them are: `usr/bin/env`, `./usr/bin/env`, and folders with a slash at their end.
  const trimmed = name.slice(name.startsWith('./') ? 2 : 0, name.endsWith('/') ? -1 : name.length)
  if (!UNCLEAN.test(trimmed)) return trimmed
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) return null
    } else parts.push(part)
  }
  return parts.join('/')
}

function sizeIn(text: string): number | null {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(size) ? size : null
}

/** `LENGTH KEY=VALUE\n`, where the length counts all of it. What does not fit ends the reading. */
function readRecords(body: Buffer, into: Map<RecordKey, string>): void {
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    if (space === -1 || space - at > 10) return
    const length = Number(body.toString('latin1', at, space))
    const end = at + length
    if (!Number.isInteger(length) || length < 5 || end > body.length || end <= space) return
    const equals = body.indexOf(0x3d, space)
    if (equals === -1 || equals >= end) return
    const key = body.toString('utf8', space + 1, equals)
    if (key.startsWith(SPARSE)) into.set(SPARSE, 'yes')
    if (isRead(key)) into.set(key, body.toString('utf8', equals + 1, end - 1))
    at = end
  }
}

function isRead(key: string): key is RecordKey {
  return key === 'path' || key === 'linkpath' || key === 'size' || key === 'GNU.sparse.name'
}
