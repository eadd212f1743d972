/** The scanner within `stella serve`: it begins with the first thing that is asked of it. */
import { existsSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { collect } from '../../investigate/collect.ts'
import { investigate } from '../../investigate/investigate.ts'
import { parsePlatform } from '../../image/source/platform.ts'
import { parseImageReference } from '../../image/source/reference.ts'
import type { Case } from '../../model/case.ts'
import { StellaError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import type { ScannerDesk } from '../../scanning/desk.ts'
import { createDesk } from '../../scanning/store-desk.ts'
import { startWorkerHost } from '../../scanning/workers/host.ts'
import type { WorkerHost } from '../../scanning/workers/host.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Database } from '../../store/database/types.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'
import { openNamedImage } from '../scan/open.ts'
import { tellingFailures } from './scanner-counts.ts'
import type { ScannerCounts } from './scanner-counts.ts'

export interface ScannerServiceOptions {
  reader: Reader
  database: Database
  dataFolder: string
  /** The name of this host. */
  host: string
  /** The database is ours alone: what ran when it was last closed is lost. */
  isAlone: boolean
  /** The case that the watch made of a kill in a group, where it did; null: not yet, or never. */
  watchedCase(path: string, since: Instant): string | null
  /** A case that nobody else has made. */
  onCase(path: string, found: Case): void
  counts: ScannerCounts
  /** The scanner has begun. */
  onBegin(): void
  onSays(says: string): void
}

export interface ScannerService {
  desk(): Promise<ScannerDesk>
  /** Null: nobody has asked for anything yet. */
  running(): { store: ScannerStore; host: WorkerHost } | null
  stop(): Promise<void>
}

/** A job may go on for so long when the server ends. */
const DRAIN_MS = 5_000
/** The watch tells of a kill within a second. */
const WATCH_MS = 3_000
const STEP_MS = 100
/** The program of a worker, seen from the bundle and from the sources. */
const PROGRAMS = ['./scan-worker.js', '../scanner/worker.ts']

/** Begins at once where there is something to go on with. */
export async function createScannerService(
  options: ScannerServiceOptions,
): Promise<ScannerService> {
  const { reader, database, counts, onSays } = options
  let opening: Promise<{ desk: ScannerDesk; host: WorkerHost }> | null = null
  let running: ReturnType<ScannerService['running']> = null

  async function open(): Promise<{ desk: ScannerDesk; host: WorkerHost }> {
    const store = await database.scanner({ isSupervising: true, onTrouble: onSays })
    if (options.isAlone) {
      const lost = await store.jobs.recover()
      if (lost > 0) onSays(`${lost} jobs that were running begin again`)
    }
    const host = startWorkerHost({
      reader,
      store: tellingFailures(store, counts.takeFailure),
      host: options.host,
      program: { argv: [process.execPath, workerProgram()], env: process.env },
      scratchFolder: join(options.dataFolder, 'scanner'),
      cacheFolder: join(options.dataFolder, 'layers'),
      only: null,
      explain: (path, since) => explain(options, path, since),
      onLayers: counts.takeLayers,
      onSays,
    })
    running = { store, host }
    options.onBegin()
    const desk = createDesk({
      store,
      now: reader.now,
      hostBytes: hostBytes(),
      sizeOf,
      onWork: host.wake,
    })
    return { desk, host }
  }

  const opened = (): Promise<{ desk: ScannerDesk; host: WorkerHost }> => {
    opening ??= open().catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }

  if (await database.hasScannerWork()) await opened()
  return {
    desk: async () => (await opened()).desk,
    running: () => running,
    async stop() {
      const going = await opening?.catch(() => null)
      await going?.host.stop(DRAIN_MS)
    },
  }
}

/** What there is, or what a limit around all of us leaves of it. */
export function hostBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

function workerProgram(): string {
  const files = PROGRAMS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return files.find((file) => existsSync(file)) ?? ''
}

/** What the blobs of an image take as they are stored, without reading them; null: nobody can tell. */
export async function sizeOf(image: string, platform: string | null): Promise<number | null> {
  const opened = await openNamedImage(
    { text: image, reference: parseImageReference(image) },
    {
      platform: platform === null ? null : parsePlatform(platform),
      env: process.env,
      stdin: () => process.stdin,
      signal: AbortSignal.timeout(30_000),
    },
  )
  if (opened.kind === 'forward') {
    await opened.archive.close()
    return null
  }
  const { layers } = opened.image
  await opened.image.close()
  return layers.some(({ sizeBytes }) => sizeBytes === null)
    ? null
    : layers.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
}

/** The watch sees the kill, too: its case is taken where there is one. */
async function explain(
  { reader, watchedCase, onCase }: ScannerServiceOptions,
  path: string,
  since: Instant,
): Promise<string | null> {
  for (let waited = 0; waited < WATCH_MS; waited += STEP_MS) {
    const id = watchedCase(path, since)
    if (id !== null) return id
    await pause(STEP_MS)
  }
  try {
    const { world, target } = await collect({ kind: 'cgroup', path }, { reader, since })
    const found = investigate(world, target, { all: false }).at(-1)
    if (found === undefined) return null
    onCase(path, found)
    return found.id
  } catch (error) {
    if (error instanceof StellaError) return null
    throw error
  }
}
