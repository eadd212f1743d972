/** Jobs of the scanner's store, and those who take them. */
import { afterAll, beforeAll, describe } from 'vitest'
import type { JobResult } from '../../src/model/scan-job.ts'
import { afterGone } from '../../src/scanning/retry.ts'
import type { Database } from '../../src/store/database/types.ts'
import type {
  NewJob,
  Scanned,
  SettledEnd,
  TakenJob,
  Taker,
} from '../../src/store/scanner/job-types.ts'
import type { ScannerStore } from '../../src/store/scanner/open.ts'
import { ENGINES } from './databases.ts'
import type { Engine } from './databases.ts'

export const NOW = Date.UTC(2026, 10, 21)

export const RESULT: JobResult = {
  packages: 92,
  problems: 0,
  digest: `sha256:${'0'.repeat(64)}`,
  bytes: 4_711,
}

/** Without the rounds of the queue's own, which nothing here waits for. */
export function scannerOf(database: Database): Promise<ScannerStore> {
  const onTrouble = (says: string): void => void process.stderr.write(`${says}\n`)
  return database.scanner({ isSupervising: false, onTrouble })
}

export function newJob(change: Partial<NewJob> = {}): NewJob {
  return {
    image: 'registry:localhost/web:1',
    platform: null,
    priority: 0,
    timeoutMs: null,
    readsAgain: false,
    pool: 'default',
    mode: 'whole',
    note: null,
    sizeBytes: 1_000,
    createdAt: NOW,
    createdBy: 'a test',
    ...change,
  }
}

export function taker(worker = 'default-1'): Taker {
  return { host: 'here', worker, limitBytes: 4 * 2 ** 30, startedAt: NOW + 1_000, afterGone }
}

export function ended(change: Partial<SettledEnd> = {}): SettledEnd {
  return {
    outcome: 'done',
    says: null,
    peakBytes: 7_000,
    caseId: null,
    endedAt: NOW + 2_000,
    memory: null,
    ...change,
  }
}

/** What an attempt that went well leaves. */
export function scanned(...parts: readonly Uint8Array[]): Scanned {
  return { result: RESULT, layers: [], document: pieces(...parts) }
}

/** @throws Error where none waits */
export async function take(store: ScannerStore, pool: string, by = taker()): Promise<TakenJob> {
  const taken = await store.jobs.take(pool, by)
  if (taken === null) throw new Error(`no job waits in ${pool}`)
  return taken
}

export async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

export async function joined(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}

export interface OpenedStore {
  database: Database
  store: ScannerStore
}

/** The same tests over each engine of the database, with a scanner that nobody else uses. */
export function describeStores(
  title: (engine: string) => string,
  tests: (at: OpenedStore) => void,
): void {
  for (const [name, start, isMissing] of ENGINES) {
    describe.skipIf(isMissing)(title(name), () => {
      let engine: Engine
      let opened: OpenedStore
      beforeAll(async () => {
        engine = await start()
        const database = await engine.open()
        opened = { database, store: await scannerOf(database) }
      }, 120_000)
      afterAll(async () => {
        await opened.database.close()
        await engine.end()
      })
      tests({
        get database() {
          return opened.database
        },
        get store() {
          return opened.store
        },
      })
    })
  }
}
