/** The scanner within `stella serve`: it begins with the first thing that is asked of it. */
import { join } from 'node:path'
import type { ScannerDesk } from '../../scanning/desk.ts'
import { startSweeper } from '../../scanning/sweeper.ts'
import type { Sweeper } from '../../scanning/sweeper.ts'
import { createDesk } from '../../scanning/store-desk.ts'
import { startWorkerHost } from '../../scanning/workers/host.ts'
import type { WorkerHost } from '../../scanning/workers/host.ts'
import type { Database } from '../../store/database/types.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'
import { explainKill } from '../scanner/explain-kill.ts'
import type { KillWitness } from '../scanner/explain-kill.ts'
import { hostBytes } from '../scanner/host-bytes.ts'
import { sizeOf } from '../scanner/size-of.ts'
import { workerProgram } from '../scanner/worker-program.ts'
import { tellingFailures } from './scanner-counts.ts'
import type { ScannerCounts } from './scanner-counts.ts'

export interface ScannerServiceOptions extends KillWitness {
  database: Database
  dataFolder: string
  /** The name of this host. */
  host: string
  /** The database is ours alone: what ran when it was last closed is lost. */
  isAlone: boolean
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

interface Open {
  desk: ScannerDesk
  host: WorkerHost
  sweeper: Sweeper
}

/** A job may go on for so long when the server ends. */
const DRAIN_MS = 5_000
/** Begins at once where there is something to go on with. */
export async function createScannerService(
  options: ScannerServiceOptions,
): Promise<ScannerService> {
  const { reader, database, counts, onSays } = options
  let opening: Promise<Open> | null = null
  let running: ReturnType<ScannerService['running']> = null

  async function open(): Promise<Open> {
    const store = await database.scanner({ isSupervising: true, onTrouble: onSays })
    if (options.isAlone) {
      const lost = await store.jobs.recover()
      if (lost > 0) onSays(`${lost} jobs that were running begin again`)
    }
    const host = startWorkerHost({
      reader,
      store: tellingFailures(store, counts.takeFailure),
      host: options.host,
      program: workerProgram(),
      scratchFolder: join(options.dataFolder, 'scanner'),
      cacheFolder: join(options.dataFolder, 'layers'),
      only: null,
      explain: (path, since) => explainKill(options, path, since),
      onLayers: counts.takeLayers,
      onSays,
    })
    await host.begun
    running = { store, host }
    options.onBegin()
    const desk = createDesk({
      store,
      now: reader.now,
      hostBytes: hostBytes(),
      sizeOf,
      onWork: host.wake,
    })
    const sweeper = startSweeper({ store, now: reader.now, onSays })
    return { desk, host, sweeper }
  }

  const opened = (): Promise<Open> => {
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
      await going?.sweeper.stop()
      await going?.host.stop(DRAIN_MS)
    },
  }
}
