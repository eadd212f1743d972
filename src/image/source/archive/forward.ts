import { type Compression, DIGEST } from '../../../model/image.ts'
import { createHash, type Hash } from 'node:crypto'
import { paddingAfter, TarEntries, type TarEntry } from '../../layer/tar-entries.ts'
import { BLOCK_BYTES } from '../../layer/tar-header.ts'
import type { Member, Members } from '../content.ts'
import { MAX_DOCUMENT_BYTES } from '../documents.ts'
import type { ForwardArchive, ForwardMember, OpenedImage, PassedPlace } from '../image.ts'
import { breaksOff, brokenTar, sparseMember, tooLong, tooManyMembers } from '../trouble.ts'
import { usageError } from '../../../model/errors.ts'
import { ByteReader } from './byte-reader.ts'
import { HEAD_BYTES, kindOf } from './kind.ts'
import { MAX_KEPT_BYTES, MAX_MEMBERS } from './limits.ts'
import { followed, type Links, noteLink } from './links.ts'

/** A member that may be a layer, after it has passed by. */
interface Passed {
  sizeBytes: number
  compression: Compression
  /** sha256 of it as stored, where it was read. */
  digest: string | null
}

/**
 * A tar that passes by once. Documents are kept, as far as {@link MAX_KEPT_BYTES} allows, for what names the layers may be
 * the last of them; everything that begins as a layer does is offered as one.
 *
 * @param choose opens the image when everything has passed by
 * @param close gives up what the chunks come from, also where none was asked for
 */
export function forwardTar(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  {
    choose,
    close,
  }: {
    choose(members: Members<PassedPlace>): Promise<OpenedImage<PassedPlace>>
    close(): Promise<void>
  },
): ForwardArchive {
  const pass = new Pass(name, chunks)
  return {
    name,
    members: (signal) => pass.members(signal),
    resolve: () => choose(pass),
    close: async () => {
      await pass.close()
      await close()
    },
  }
}

class Pass implements Members<PassedPlace> {
  readonly name: string
  readonly #reader: ByteReader
  readonly #documents = new Map<string, Uint8Array>()
  readonly #passed = new Map<string, Passed>()
  readonly #leftOut = new Set<string>()
  readonly #sparse = new Set<string>()
  readonly #links: Links = new Map()
  #keptBytes = 0

  constructor(name: string, chunks: AsyncIterable<Uint8Array>) {
    this.name = name
    this.#reader = new ByteReader(chunks)
  }

  async *members(signal: AbortSignal): AsyncGenerator<ForwardMember> {
    const entries = new TarEntries()
    for (;;) {
      signal.throwIfAborted()
      const block = await this.#reader.exactly(BLOCK_BYTES)
      if (block.length === 0) return
      if (block.length < BLOCK_BYTES) throw this.#breaksOff()
      const step = entries.take(block)
      switch (step.kind) {
        case 'next':
          break
        case 'broken':
          throw brokenTar(this.name, step.says, this.#reader.position - BLOCK_BYTES)
        case 'end':
          // Whoever writes into a pipe is angry where nobody reads to the end.
          await this.#reader.skip(Number.MAX_SAFE_INTEGER)
          return
        case 'extension':
          if ((await this.#reader.fill(step.room)) < step.size) throw this.#breaksOff()
          entries.extend(step.room)
          await this.#skip(paddingAfter(step.size))
          break
        case 'skip':
          await this.#skip(step.size + paddingAfter(step.size))
          break
        case 'entry':
          yield* this.#entry(step.entry, signal)
          await this.#skip(paddingAfter(step.entry.size))
      }
    }
  }

  async *#entry(entry: TarEntry, signal: AbortSignal): AsyncGenerator<ForwardMember> {
    noteLink(this.#links, entry)
    const known = [this.#documents, this.#passed, this.#leftOut, this.#sparse]
    const count = known.reduce((sum, { size }) => sum + size, this.#links.size)
    if (count > MAX_MEMBERS) throw tooManyMembers(this.name)
    if (entry.kind !== 'file') return this.#skip(entry.size)
    // The same name again replaces what was before, as it does when an archive is unpacked.
    for (const members of known) members.delete(entry.path)
    if (entry.isSparse) {
      this.#sparse.add(entry.path)
      return this.#skip(entry.size)
    }
    const end = this.#reader.position + entry.size
    const head = await this.#exactly(Math.min(HEAD_BYTES, entry.size))
    const found = kindOf(head)
    if (found.kind === 'document') await this.#keep(entry, head)
    if (found.kind === 'layer') {
      const passed = { sizeBytes: entry.size, compression: found.compression, digest: null }
      this.#passed.set(entry.path, passed)
      yield this.#offered(entry, head, passed, signal)
    }
    await this.#skip(end - this.#reader.position)
  }

  #offered(
    { path, size }: TarEntry,
    head: Uint8Array,
    passed: Passed,
    signal: AbortSignal,
  ): ForwardMember {
    const digest = digestIn(path)
    return {
      path,
      sizeBytes: size,
      compression: passed.compression,
      digest,
      bytes: () => this.#bytes({ head, size, path, digest, passed }, signal),
    }
  }

  async *#bytes(
    member: {
      head: Uint8Array
      size: number
      path: string
      digest: string | null
      passed: Passed
    },
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const { head, size, path, digest, passed } = member
    const hash = createHash(digest?.startsWith('sha512:') === true ? 'sha512' : 'sha256')
    hash.update(head)
    yield head
    let left = size - head.length
    while (left > 0) {
      signal.throwIfAborted()
      const some = await this.#reader.some(left)
      if (some.length === 0) throw this.#breaksOff()
      left -= some.length
      hash.update(some)
      yield some
    }
    passed.digest = this.#checked(hash, digest, path)
  }

  #checked(hash: Hash, digest: string | null, path: string): string {
    const found = `${digest === null ? 'sha256' : digest.slice(0, 6)}:${hash.digest('hex')}`
    if (digest === null || digest === found) return found
    throw usageError(
      `its digest is not the one of its name`,
      `${path} of ${this.name}`,
      'the archive was damaged or changed: get it again',
    )
  }

  async #keep({ path, size }: TarEntry, head: Uint8Array): Promise<void> {
    if (isOfVersion1(path)) return
    if (size > MAX_DOCUMENT_BYTES || this.#keptBytes + size > MAX_KEPT_BYTES) {
      this.#leftOut.add(path)
      return
    }
    const rest = await this.#exactly(size - head.length)
    this.#documents.set(path, Buffer.concat([head, rest]))
    this.#keptBytes += size
  }

  async find(path: string): Promise<Member<PassedPlace> | null> {
    const target = followed(path, this.#links) ?? path
    if (this.#leftOut.has(target)) throw tooLong(path, this.name)
    if (this.#sparse.has(target)) throw sparseMember(path, this.name)
    const document = this.#documents.get(target)
    if (document !== undefined) return documentMember(document, target)
    const passed = this.#passed.get(target)
    if (passed === undefined) return null
    return {
      sizeBytes: passed.sizeBytes,
      compression: passed.compression,
      seenDigest: passed.digest,
      blob: { kind: 'member', path: target },
      read: async () => {
        throw usageError('it is a layer, and no document', path, 'get the image again')
      },
    }
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  async #exactly(length: number): Promise<Buffer> {
    const bytes = await this.#reader.exactly(length)
    if (bytes.length < length) throw this.#breaksOff()
    return bytes
  }

  async #skip(length: number): Promise<void> {
    if (!(await this.#reader.skip(length))) throw this.#breaksOff()
  }

  #breaksOff(): Error {
    return breaksOff(this.name, this.#reader.position)
  }
}

function documentMember(document: Uint8Array, path: string): Member<PassedPlace> {
  return {
    sizeBytes: document.length,
    compression: 'unknown',
    seenDigest: null,
    blob: { kind: 'absent', says: `${path.slice(0, 200)} is a document, and no layer` },
    read: async () => document,
  }
}

/** What a name like `blobs/sha256/…` says of its content. */
function digestIn(path: string): string | null {
  const [, algorithm, hex] = /^blobs\/([a-z0-9]+)\/([0-9a-f]+)$/.exec(path) ?? []
  const digest = `${algorithm}:${hex}`
  return DIGEST.test(digest) ? digest : null
}

/** Each layer has them beside it in archives of Docker before 25, and nobody reads them. */
function isOfVersion1(path: string): boolean {
  return /^[0-9a-f]{64}\/json$/.test(path)
}
