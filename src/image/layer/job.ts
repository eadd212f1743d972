/** One layer: read it once, check it, and write down what was found in it. */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Compression } from '../../model/image.ts'
import type { Cataloger } from '../../sbom/cataloger.ts'
import { catalogLayer } from './catalog-layer.ts'
import { catalogLinked } from './catalog-linked.ts'
import { openFragmentWriter } from './fragment.ts'
import type { LayerSummary } from './fragment.ts'
import { inflated } from './inflate.ts'
import { LayerError } from './layer-error.ts'
import { createScratch } from './scratch.ts'
import type { LayerVisitor } from './visitor.ts'
import { walkFile } from './walk-file.ts'
import { walkFolder } from './walk-folder.ts'
import { walkStream } from './walk-stream.ts'

export interface LayerJob {
  /** Of the layer's own tar, and of the blob as it is stored; null where nobody states it. */
  diffId: string | null
  digest: string | null
  compression: Compression
  place:
    | { kind: 'file'; path: string; offset: number; length: number }
    | { kind: 'folder'; path: string }
    /** As stored, shared between threads. */
    | { kind: 'memory'; bytes: Uint8Array<SharedArrayBuffer> }
    /** The chunks come from elsewhere, where the digest of the blob is checked. */
    | { kind: 'chunks' }
  /** Where the fragment goes. */
  fragment: string
  /** Where large files may lie for a moment. */
  scratchFolder: string
  /** Reads every byte, also of a layer that could be walked by seeking, so that its digest can be checked. */
  checksAll: boolean
}

export interface JobSurroundings {
  catalogers: readonly Cataloger[]
  /** What a place of kind `chunks` reads. */
  chunks: AsyncIterable<Uint8Array> | null
  /** Null in a thread: it is ended as a whole. */
  signal: AbortSignal | null
}

export interface JobResult {
  summary: LayerSummary
  /** Of the tar; null where not every byte of it was read. */
  diffId: string | null
}

const CHUNK_BYTES = 256 * 1024
const TURN_MS = 20

/**
 * @throws LayerError where the layer is no tar archive, breaks off, or is another than its digest says
 */
export async function carryOutJob(
  job: LayerJob,
  { catalogers, chunks, signal }: JobSurroundings,
): Promise<JobResult> {
  const fragment = openFragmentWriter(job.fragment)
  const scratch = createScratch({ folder: job.scratchFolder })
  const catalog = catalogLayer({ catalogers, fragment, scratch })
  const tar = createDigest(job.diffId)
  try {
    switch (job.place.kind) {
      case 'folder':
        await walkFolder(job.place.path, takingTurns(catalog, signal))
        break
      case 'chunks':
        if (chunks === null) throw new Error('nobody gives the chunks of the layer')
        await walkStream(politely(tar.take(inflated(chunks, job.compression)), signal), catalog)
        break
      case 'file':
      case 'memory':
        await walkPlace(job, job.place, { visitor: catalog, tar, signal })
    }
    const names = catalog.secondNames
    let linked = 0
    if (names.size > 0 && (job.place.kind === 'file' || job.place.kind === 'memory')) {
      const again = catalogLinked({ names, catalogers, fragment, scratch })
      const unchecked = createDigest(null)
      await walkPlace(job, job.place, { visitor: again.visitor, tar: unchecked, signal })
      linked = again.count()
    } else if (names.size > 0) {
      catalog.problem(
        `${names.size} files have a second name whose first was passed by: give the image as a file to read them`,
      )
    }
    const summary = { ...catalog.summary, linked }
    fragment.finish(summary)
    return { summary, diffId: tar.digest() }
  } catch (error) {
    fragment.abandon()
    throw error
  } finally {
    scratch.close()
  }
}

async function walkPlace(
  job: LayerJob,
  place: FilePlace | MemoryPlace,
  { visitor, tar, signal }: { visitor: LayerVisitor; tar: Digest; signal: AbortSignal | null },
): Promise<void> {
  if (place.kind === 'file' && job.compression === 'none' && !job.checksAll) {
    await seek(place, takingTurns(visitor, signal))
    return
  }
  const stored = createDigest(job.digest).take(
    place.kind === 'file' ? bytesOf(place) : piecesOf(place),
  )
  await walkStream(politely(tar.take(inflated(stored, job.compression)), signal), visitor)
}

type FilePlace = Extract<LayerJob['place'], { kind: 'file' }>
type MemoryPlace = Extract<LayerJob['place'], { kind: 'memory' }>

async function* piecesOf({ bytes }: MemoryPlace): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const piece = bytes.subarray(at, at + CHUNK_BYTES)
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.length)
  }
}

async function seek({ path, offset, length }: FilePlace, visitor: LayerVisitor): Promise<void> {
  const descriptor = openSync(path, 'r')
  try {
    const there = Math.max(0, fstatSync(descriptor).size - offset)
    if (there < length) throw new LayerError('breaks off', there)
    await walkFile({ descriptor, offset, length }, visitor)
  } finally {
    closeSync(descriptor)
  }
}

/** Lets others have their turn now and then: what reads from a file never waits. */
async function* politely(
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal | null,
): AsyncGenerator<Buffer> {
  const turn = createTurn(signal)
  for await (const chunk of chunks) {
    yield chunk
    await turn()
  }
}

/** The same where no chunks come: between entries. */
function takingTurns(visitor: LayerVisitor, signal: AbortSignal | null): LayerVisitor {
  const turn = createTurn(signal)
  return {
    problem: (says) => visitor.problem(says),
    turn,
    entry: (entry) => visitor.entry(entry),
  }
}

/** What is outside of the heap is given back in turns, too. */
function createTurn(signal: AbortSignal | null): () => Promise<void> | null {
  let last = performance.now()
  return () => {
    if (performance.now() - last < TURN_MS) return null
    return setImmediate().then(() => {
      signal?.throwIfAborted()
      last = performance.now()
    })
  }
}

/** A chunk is valid until the next: all are read into the same memory. */
async function* bytesOf({ path, offset, length }: FilePlace): AsyncGenerator<Buffer> {
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length))
    for (let passed = 0; passed < length;) {
      const wanted = Math.min(buffer.length, length - passed)
      const count = readSync(descriptor, buffer, 0, wanted, offset + passed)
      if (count === 0) throw new LayerError('breaks off', passed)
      passed += count
      yield buffer.subarray(0, count)
    }
  } finally {
    closeSync(descriptor)
  }
}

interface Digest {
  /** The same bytes; at their end, their digest has to be the one that is stated. */
  take(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer>
  /** Null where not all bytes were seen. */
  digest(): string | null
}

function createDigest(stated: string | null): Digest {
  const algorithm = stated?.split(':')[0] ?? 'sha256'
  const hash = createHash(algorithm)
  let found: string | null = null
  return {
    async *take(chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
      found = `${algorithm}:${hash.digest('hex')}`
      if (stated !== null && found !== stated) throw new LayerError(`is not ${stated}`, null)
    },
    digest: () => found,
  }
}
