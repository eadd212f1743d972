/**
 * What chisel cut out of Ubuntu's packages, for images that have no dpkg: lines of JSON, compressed with zstd.
 * https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/
 */
import { Readable } from 'node:stream'
import { constants, createZstdDecompress } from 'node:zlib'
import * as z from 'zod/mini'
import { formatBytes, KIB, MIB } from '../../model/bytes.ts'
import type { Cataloger, Found, RandomFile } from '../cataloger.ts'
import { installed, leftOut, MAX_FIELD_BYTES } from '../distributions/package.ts'
import { textOf } from '../distributions/paragraphs.ts'
import { LineSplitter } from '../lines.ts'

const PIECE_BYTES = 64 * KIB
/** That of a whole Ubuntu has 30 MiB. */
const MAX_UNPACKED_BYTES = 512 * MIB
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** 16 MiB, twice of what chisel asks for; what is held while it is unpacked. */
const MAX_WINDOW_LOG = 24
/** Of a line of a package; most lines are of files. */
const NEEDLE = Buffer.from('"kind":"package"')

const PackageLine = z.object({
  kind: z.literal('package'),
  name: z.string(),
  version: z.string(),
  arch: z.optional(z.string()),
})

export const chiselManifest: Cataloger = {
  id: 'chisel-manifest',
  title: "what chisel cut out of Ubuntu's packages",
  version: 1,
  selects: {
    names: ['manifest.wall'],
    accepts: (path) => /(?:^|\/)chisel\/manifest\.wall$/.test(path),
  },
  maxBytes: 64 * MIB,
  reads: 'anywhere',
  async *catalog(file) {
    let found: Found[] = []
    let tooLong = 0
    const lines = new LineSplitter(MAX_FIELD_BYTES, (line, isCut) => {
      if (Buffer.from(line.buffer, line.byteOffset, line.length).indexOf(NEEDLE) === -1) return
      if (isCut) tooLong++
      const one = isCut ? null : packageOf(textOf(line))
      if (one !== null) found.push(one)
    })
    let unpackedBytes = 0
    try {
      for await (const chunk of unpacked(file)) {
        unpackedBytes += chunk.length
        lines.push(chunk)
        yield* found
        found = []
        if (unpackedBytes > MAX_UNPACKED_BYTES) {
          yield {
            kind: 'problem',
            says: `only the first ${formatBytes(MAX_UNPACKED_BYTES)} of it are read`,
          }
          break
        }
      }
    } catch {
      yield { kind: 'problem', says: 'it cannot be unpacked to its end' }
    }
    lines.finish()
    yield* found
    if (tooLong > 0) yield leftOut(tooLong)
  },
}

function packageOf(line: string): Found | null {
  const { data } = PackageLine.safeParse(jsonOf(line))
  if (data === undefined) return null
  const { name, version, arch = '' } = data
  return installed({ type: 'deb', name, version, arch, upstream: '', licences: [] })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function unpacked(file: RandomFile): AsyncIterable<Uint8Array> {
  const pieces = Readable.from(piecesOf(file))
  const isPacked = Buffer.from(file.read(0, ZSTD_MAGIC.length)).equals(ZSTD_MAGIC)
  if (!isPacked) return pieces
  const inflated = createZstdDecompress({
    params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG },
  })
  // An error that comes when nobody reads any more would end the whole program.
  inflated.on('error', () => {})
  return pieces.pipe(inflated)
}

function* piecesOf(file: RandomFile): Iterable<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    // A copy: the stream may still hold it when the next is read.
    yield Uint8Array.from(file.read(at, PIECE_BYTES))
  }
}
