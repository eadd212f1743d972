/** Brings the body of one file to the catalogers that want it, each in the way it reads. */
import type { Cataloger, Found, KeptFile, RandomFile, StreamCatalog } from '../../sbom/cataloger.ts'
import { beginsAsProgram } from '../../sbom/select.ts'
import type { Filling, ScratchRoom } from './scratch.ts'
import type { TarEntry } from './tar-entries.ts'
import type { BodySink } from './visitor.ts'

export interface BodySinkOptions {
  entry: TarEntry
  surely: readonly Cataloger[]
  /** Those who want it if it begins as a program. */
  ifProgram: readonly Cataloger[]
  scratch: ScratchRoom
  hit(path: string, by: string, found: readonly Found[]): void
  problem(says: string, path: string): void
}

type Anywhere = Extract<Cataloger, { reads: 'anywhere' }>
type Whole = Extract<Cataloger, { reads: 'whole' }>

/** What a cataloger found is written down in pieces, so that a large database is never in memory. */
const MAX_FOUND_AT_ONCE = 500
const MAGIC_BYTES = 4
const STREAM_CHUNK_BYTES = 64 * 1024

export function createBodySink(options: BodySinkOptions): BodySink {
  const { entry, surely, scratch, problem } = options
  const { path, size } = entry
  const fitting = surely.filter((cataloger) => isFitting(cataloger))
  const streams = fitting.flatMap((cataloger) =>
    cataloger.reads === 'stream' ? [openStream(cataloger.id, cataloger.open(path))] : [],
  )
  let wholes: readonly Whole[] = fitting.filter((cataloger) => cataloger.reads === 'whole')
  let anywhere: readonly Anywhere[] = fitting.filter((cataloger) => cataloger.reads === 'anywhere')
  let body: Buffer | null = wholes.length > 0 ? Buffer.allocUnsafe(size) : null
  let filling: Filling | null = null
  let magic: Buffer | null = options.ifProgram.length > 0 ? Buffer.alloc(0) : null
  let written = 0

  function isFitting(cataloger: Cataloger): boolean {
    if (size <= cataloger.maxBytes) return true
    problem(`is larger than ${cataloger.id} reads`, path)
    options.hit(path, cataloger.id, [])
    return false
  }

  function openStream(
    id: string,
    catalog: StreamCatalog,
  ): { take(found: Iterable<Found>): void; catalog: StreamCatalog; end(): void } {
    const collected = collect(options, id)
    return { catalog, take: collected.take, end: collected.end }
  }

  /** Once enough of the beginning is there. */
  function decide(beginning: Buffer): void {
    magic = null
    if (!beginsAsProgram(beginning)) return
    const programs = options.ifProgram.filter((cataloger) => isFitting(cataloger))
    anywhere = [...anywhere, ...programs.filter((cataloger) => cataloger.reads === 'anywhere')]
    wholes = [...wholes, ...programs.filter((cataloger) => cataloger.reads === 'whole')]
    if (wholes.length > 0) body ??= Buffer.allocUnsafe(size)
  }

  function keep(chunk: Buffer): void {
    if (body !== null) chunk.copy(body, written)
    if (anywhere.length > 0) {
      filling ??= scratch.begin(path, size)
      if (!filling.write(chunk)) noRoom()
    }
    for (const { catalog, take } of streams) take(catalog.push(chunk))
    written += chunk.length
  }

  function noRoom(): void {
    problem('is too large for what room is left on disk', path)
    for (const { id } of anywhere) options.hit(path, id, [])
    anywhere = []
  }

  async function catalogAnywhere(file: RandomFile): Promise<void> {
    for (const cataloger of anywhere) {
      const collected = collect(options, cataloger.id)
      for await (const found of cataloger.catalog(file, scratch)) collected.take([found])
      collected.end()
    }
  }

  function catalogWholes(): void {
    if (body === null) return
    for (const cataloger of wholes) {
      const collected = collect(options, cataloger.id)
      collected.take(cataloger.catalog({ path, bytes: body.subarray(0, written) }))
      collected.end()
    }
    body = null
  }

  return {
    write(chunk) {
      if (magic !== null) {
        magic = Buffer.concat([magic, chunk])
        if (magic.length < MAGIC_BYTES) return true
        const beginning: Buffer = magic
        decide(beginning)
        keep(beginning)
      } else keep(chunk)
      return body !== null || anywhere.length > 0 || streams.length > 0
    },
    end() {
      if (magic !== null && magic.length > 0) {
        const beginning: Buffer = magic
        decide(beginning)
        keep(beginning)
      }
      catalogWholes()
      for (const { catalog, take, end } of streams) {
        take(catalog.finish())
        end()
      }
      if (anywhere.length === 0) return null
      const kept: KeptFile | null = (filling ?? scratch.begin(path, size)).end()
      if (kept === null) return (noRoom(), null)
      return catalogAnywhere(kept).finally(() => kept.release())
    },
    readFrom(file) {
      if (magic !== null) decide(Buffer.from(file.read(0, MAGIC_BYTES)))
      if (body !== null || streams.length > 0) {
        const isAnywhere = anywhere
        anywhere = []
        for (let at = 0; at < size; at += STREAM_CHUNK_BYTES)
          keep(Buffer.from(file.read(at, STREAM_CHUNK_BYTES)))
        catalogWholes()
        for (const { catalog, take, end } of streams) {
          take(catalog.finish())
          end()
        }
        anywhere = isAnywhere
      }
      return anywhere.length === 0 ? null : catalogAnywhere(file)
    },
  }
}

/** Writes down what is found in lines of bounded length; one line at least, for the file hides those below it. */
function collect(
  { hit, entry }: BodySinkOptions,
  id: string,
): { take(found: Iterable<Found>): void; end(): void } {
  let held: Found[] = []
  let isTold = false
  const flush = (): void => {
    hit(entry.path, id, held)
    held = []
    isTold = true
  }
  return {
    take(found) {
      for (const one of found) {
        held.push(one)
        if (held.length >= MAX_FOUND_AT_ONCE) flush()
      }
    },
    end() {
      if (held.length > 0 || !isTold) flush()
    },
  }
}
