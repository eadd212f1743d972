/** A program: a worker of the scanner. It is told what to scan by its parent, one image after the other, and ends with it. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { createGzip } from 'node:zlib'
import { parsePlatform } from '../../image/source/platform.ts'
import { parseImageReference } from '../../image/source/reference.ts'
import { formatBytes } from '../../model/bytes.ts'
import { errorCode } from '../../model/error-code.ts'
import { StellaError } from '../../model/errors.ts'
import type { JobResult } from '../../model/scan-job.ts'
import type { ScannedLayer, ScanPhase } from '../../model/scan-profile.ts'
import { closeSource } from '../../image/source/close.ts'
import { SBOM_FORMATS } from '../../sbom/formats/index.ts'
import type { FromWorker, ScanOrder, ToWorker } from '../../scanning/workers/messages.ts'
import { openNamedImage } from '../scan/open.ts'
import { scanImage } from '../scan/scan-image.ts'
import { scannedLayers } from '../scan/scanned-layers.ts'
import { VERSION } from '../version.ts'

function tell(message: FromWorker): void {
  process.send?.(message)
}

function begin(phase: ScanPhase): void {
  tell({ kind: 'phase', phase })
  tell({ kind: 'log', level: 'debug', says: `sbom: ${phase}, ${resident()} resident` })
}

async function carryOut(order: ScanOrder): Promise<void> {
  try {
    const { result, layers } = await scan(order)
    tell({
      kind: 'log',
      level: 'info',
      says: `sbom: ${result.packages} packages, ${formatBytes(result.bytes)}`,
    })
    tell({ kind: 'done', result, layers })
  } catch (error) {
    if (errorCode(error) === 'ENOSPC') {
      const says =
        "no room is left for the scanner's files: see how full the disk of its data folder is"
      return tell({ kind: 'failed', says, isFinal: false })
    }
    // Anything else is no word about the image: the worker ends with it, and is started again.
    if (!(error instanceof StellaError)) throw error
    const where = error.where === null ? '' : `${error.where}: `
    tell({ kind: 'failed', says: `${where}${error.message}`, isFinal: error.exitCode === 2 })
  }
}

async function scan(
  order: ScanOrder,
): Promise<{ result: JobResult; layers: readonly ScannedLayer[] }> {
  // Without it, garbage of a large image lies about as long as there is memory.
  if (order.mode !== 'whole') setFlagsFromString('--optimize-for-size')
  const { signal } = new AbortController()
  const opened = await openNamedImage(
    { text: order.image, reference: parseImageReference(order.image) },
    {
      platform: order.platform === null ? null : parsePlatform(order.platform),
      env: process.env,
      stdin: () => process.stdin,
      signal,
    },
  )
  if (opened.kind === 'image') {
    tell({ kind: 'layers', known: { done: 0, of: opened.image.layers.length } })
  }
  const holds = order.isIncremental ? 'each' : 'all'
  try {
    const done = await scanImage(opened, {
      cacheFolder: order.cacheFolder,
      scratchFolder: order.scratchFolder,
      hasThread: order.mode === 'whole' || order.mode === 'streaming',
      leavesOut: order.mode === 'partial',
      holds: order.mode === 'whole' ? holds : 'none',
      signal,
      version: VERSION,
      onPhase: begin,
      onLayer: (known) => tell({ kind: 'layers', known: { done: known.done, of: known.of } }),
    })
    try {
      begin('write document')
      const written = await write(order, SBOM_FORMATS.cyclonedx(done.document))
      const { layers, packages } = await scannedLayers(done)
      let problems = 0
      for (const _ of done.document.problems()) problems++
      return { result: { packages, problems, ...written }, layers }
    } finally {
      done.close()
    }
  } finally {
    await closeSource(opened)
  }
}

/** Packed, with the digest of what was packed. */
async function write(
  { mode, output }: ScanOrder,
  pieces: AsyncIterable<string>,
): Promise<{ digest: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  const text = mode === 'whole' ? [await together(pieces)] : pieces
  const counted = new PassThrough()
  counted.on('data', (piece: Buffer) => {
    hash.update(piece)
    bytes += piece.length
  })
  await pipeline(
    Readable.from(text),
    counted,
    createGzip({ level: 6 }),
    createWriteStream(output, { mode: 0o600 }),
  )
  return { digest: `sha256:${hash.digest('hex')}`, bytes }
}

async function together(pieces: AsyncIterable<string>): Promise<string> {
  const all: string[] = []
  for await (const piece of pieces) all.push(piece)
  return all.join('')
}

function resident(): string {
  return formatBytes(process.memoryUsage.rss())
}

process.on('message', (message: ToWorker) => void carryOut(message.order))
// Whoever started it is gone, and gives its jobs to others.
process.on('disconnect', () => process.exit(0))
tell({ kind: 'ready' })
