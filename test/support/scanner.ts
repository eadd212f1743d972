/** A scanner without workers behind a server that really listens: the database is real, and a test does the workers' part. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openRunbooks } from '../../src/app/runbooks/runbook-desk.ts'
import type { Runbooks } from '../../src/app/runbooks/runbook-desk.ts'
import { openLabs } from '../../src/app/labs/lab-desk.ts'
import type { Labs } from '../../src/app/labs/lab-desk.ts'
import { liveBench } from '../../src/app/labs/live-bench.ts'
import { createExamination } from '../../src/app/serve/examination.ts'
import { createLiveView } from '../../src/app/serve/live.ts'
import type { LiveView } from '../../src/app/serve/live.ts'
import { listen } from '../../src/app/serve/listening.ts'
import { unreachableError } from '../../src/model/errors.ts'
import { GIB } from '../../src/model/bytes.ts'
import { parseImageReference } from '../../src/image/source/reference.ts'
import type { WorkerView } from '../../src/model/scan-job.ts'
import { afterGone } from '../../src/scanning/retry.ts'
import type { AttemptMemory, ScannedLayer } from '../../src/model/scan-profile.ts'
import type { ScannerDesk } from '../../src/scanning/desk.ts'
import { createDesk } from '../../src/scanning/store-desk.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createApp } from '../../src/server/app.ts'
import type { Access } from '../../src/server/guard.ts'
import type { Page } from '../../src/server/page.ts'
import type { Services } from '../../src/server/services.ts'
import { openEmbedded } from '../../src/store/database/open.ts'
import type { ScannerStore } from '../../src/store/scanner/open.ts'
import { NOW } from './command-line.ts'

export interface TestScanner {
  desk: ScannerDesk
  store: ScannerStore
  /** A server over this desk. */
  serve(options?: {
    access?: Access
    scanner?: Services['scanner']
    /** None is usual. */
    page?: Page
    runbooks?: Runbooks
    labs?: Labs
    live?: LiveView
  }): Promise<string>
  /** A worker takes the next job of a pool, and it is done. */
  finish(pool: string, document: object, problems?: number): Promise<void>
  /** A worker takes it, and it is not tried any more. */
  fail(pool: string, state: 'failed' | 'timeout'): Promise<void>
  end(): Promise<void>
}

const HOST_BYTES = 64 * GIB
/** Of a case that a test makes up. */
export const CASE_ID = 'c_5f3a000000000000'

/** Of a worker that was killed at 4 GiB while it read the second of three layers. */
export const KILLED_MEMORY: AttemptMemory = {
  peakBytes: 4 * GIB,
  phases: [
    { phase: 'open', startMs: 0, durationMs: 400, peakBytes: GIB / 4 },
    { phase: 'read layers', startMs: 400, durationMs: 9_600, peakBytes: 4 * GIB },
  ],
  samples: [
    { atMs: 0, phase: 'open', usageBytes: GIB / 8 },
    { atMs: 350, phase: 'open', usageBytes: GIB / 4 },
    { atMs: 5_000, phase: 'read layers', usageBytes: 2 * GIB },
    { atMs: 9_950, phase: 'read layers', usageBytes: 4 * GIB },
  ],
  layersRead: { done: 1, of: 3 },
}

export const LAYER: ScannedLayer = {
  digest: `sha256:${'a'.repeat(64)}`,
  diffId: `sha256:${'b'.repeat(64)}`,
  storedBytes: GIB / 4,
  unpackedBytes: GIB,
  files: 1_234,
  packages: 7,
  wasKnown: false,
  createdBy: 'COPY . /srv',
}

export async function startScanner(): Promise<TestScanner> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-scanner-'))
  const database = await openEmbedded(folder, NOW)
  const closing: (() => Promise<void>)[] = []
  const store = await database.scanner({ isSupervising: false, onTrouble: () => undefined })
  const desk = createDesk({ store, now: () => NOW, hostBytes: HOST_BYTES, sizeOf })

  async function taken(pool: string) {
    const taker = {
      host: 'one',
      worker: `${pool}-1`,
      limitBytes: 4 * GIB,
      startedAt: NOW,
      afterGone,
    }
    const job = await store.jobs.take(pool, taker)
    if (job === null) throw new Error(`no job waits in ${pool}`)
    return job
  }

  return {
    desk,
    store,
    async serve(options = {}) {
      const live = options.live ?? createLiveView({ id: 'a1', name: 'one' })
      const app = createApp({
        services: {
          version: '0',
          now: () => NOW,
          database,
          live,
          // Null is a server without one.
          scanner: options.scanner === undefined ? async () => desk : options.scanner,
          runbooks: (options.runbooks ?? runbooksIn(folder, live)).desk,
          labs: (options.labs ?? labsIn(folder)).desk,
          runsOf: () => [],
          triggered: () => [],
          deliver: async () => 0,
          takeAlerts: async () => 0,
          examine: createExamination({
            ...{ reader: hostReader({ now: () => NOW, env: {} }), dataFolder: folder, database },
            scanner: async () => desk,
          }),
        },
        access: options.access ?? { kind: 'loopback' },
        metrics: { contentType: 'text/plain', text: async () => '', detected() {} },
        page: options.page ?? { handle: (context) => context.text('') },
        onFault(error) {
          throw error
        },
      })
      const server = await listen(app.fetch, { host: '127.0.0.1', port: 0 })
      closing.push(server.close)
      return server.url
    },
    async finish(pool, document, problems = 0) {
      const packed = gzipSync(JSON.stringify(document))
      const result = { packages: 7, problems, digest: 'sha256:ab', bytes: 1_024 }
      const end = {
        endedAt: NOW,
        outcome: 'done',
        says: null,
        peakBytes: GIB,
        caseId: null,
        memory: null,
      } as const
      const scanned = { result, layers: [LAYER], document: oneOf(packed) }
      await store.jobs.done(await taken(pool), end, scanned)
    },
    async fail(pool, state) {
      const says = 'out of memory at 4 GiB'
      const end = {
        endedAt: NOW,
        outcome: 'oom',
        says,
        peakBytes: 4 * GIB,
        caseId: CASE_ID,
        memory: KILLED_MEMORY,
      } as const
      const gate = state === 'failed' ? 'scan-oom' : 'scan-timeout'
      await store.jobs.over(await taken(pool), end, { state, says, gate })
    },
    async end() {
      for (const close of closing) await close()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function* oneOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

/** Whoever knows this token may do everything. */
export function withToken(token: string): Access {
  return { kind: 'token', tokens: [{ token, name: null, groups: null, isRun: false }] }
}

/** Those that come along, and runs of them. */
function labsIn(dataFolder: string): Labs {
  return openLabs({
    bench: () => liveBench(dataFolder, process.env),
    onFault(error) {
      throw error
    },
  })
}

function runbooksIn(dataFolder: string, live: LiveView): Runbooks {
  return openRunbooks({
    dataFolder,
    folder: null,
    now: () => NOW,
    env: process.env,
    secrets: [],
    onEvent: (run) => live.takeRun(run, null),
    onSays: () => undefined,
  })
}

/** `large:1` has 3 GiB, `away:1` is out of reach. */
async function sizeOf(image: string): Promise<number | null> {
  parseImageReference(image)
  if (image.startsWith('away')) {
    throw unreachableError('the registry is out of reach', image, 'try again')
  }
  return image.startsWith('large') ? 3 * GIB : GIB / 4
}

/** A worker as its host tells of it. */
export function testWorker(change: Partial<WorkerView> = {}): WorkerView {
  return {
    name: 'default-1',
    pool: 'default',
    host: 'one',
    pid: 4321,
    state: 'idle',
    job: null,
    enforcedBy: 'cgroup v2',
    limitBytes: 4 * GIB,
    usageBytes: GIB,
    peakBytes: 2 * GIB,
    restarts: 1,
    lastEnd: null,
    seenAt: NOW,
    ...change,
  }
}
