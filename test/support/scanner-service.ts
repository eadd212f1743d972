/** The scanner of a server that really runs, asked over HTTP as its commands do. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { remoteDesk } from '../../src/app/scanner/remote-desk.ts'
import { MIB } from '../../src/model/bytes.ts'
import { ENDED_STATES } from '../../src/model/scan-job.ts'
import type { Job, WorkerView } from '../../src/model/scan-job.ts'
import type { ScannerDesk } from '../../src/scanning/desk.ts'
import { tarEntry, writeLayout } from './hostile-layers.ts'
import type { Serving } from './serving.ts'
import { until } from './testbed.ts'

export interface Scanner {
  desk: ScannerDesk
  /** Gives the id of the job, which reads everything anew. */
  submit(image: string): Promise<string>
  /** Waits until they have ended. */
  ended(ids: readonly string[], ms?: number): Promise<Job[]>
  set(key: string, value: string): Promise<void>
  /** All workers begin again; waits until they are there. */
  restart(drainMs?: number): Promise<void>
  document(id: string): Promise<string>
}

/** A server answers so many calls a minute. */
const LOOK_MS = 200

export function scannerOf({ url }: Pick<Serving, 'url'>): Scanner {
  const desk = remoteDesk({ url: new URL(url), token: null })
  /** Hosts tell of their workers now and then: what was told before does not count. */
  function idleWorkers(others: ReadonlySet<number | null>): Promise<readonly WorkerView[]> {
    const asked = Date.now()
    return until('all workers are idle', async () => {
      await pause(LOOK_MS)
      const workers = await desk.workers()
      const areIdle = workers.every(
        ({ pid, state, seenAt }) => state === 'idle' && seenAt > asked && !others.has(pid),
      )
      return workers.length > 0 && areIdle && workers
    })
  }

  return {
    desk,
    async submit(image) {
      const wanted = { image, platform: null, priority: 0, timeoutMs: null, readsAgain: true }
      return (await desk.submit(wanted, 'a test')).id
    },
    async ended(ids, ms = 60_000) {
      let jobs: Job[] = []
      await until(
        `${ids.length} jobs have ended`,
        async () => {
          await pause(LOOK_MS)
          const known = new Map(
            (await desk.jobs({ limit: 1_000 })).jobs.map((job) => [job.id, job]),
          )
          jobs = ids.flatMap((id) => known.get(id) ?? [])
          return jobs.every(({ state }) => ENDED_STATES.includes(state))
        },
        ms,
      )
      return jobs
    },
    async set(key, value) {
      await desk.set(key, value, 'a test')
    },
    async restart(drainMs = 1_000) {
      const before = new Set((await idleWorkers(new Set())).map(({ pid }) => pid))
      await desk.restartWorkers({ pool: null, drainMs })
      await idleWorkers(before)
    },
    async document(id) {
      const pieces = await desk.document(id)
      if (pieces === null) throw new Error(`job ${id} has no document`)
      return Buffer.concat(await fromAsync(pieces)).toString()
    },
  }
}

async function fromAsync(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

/** An image with a layer that no compression makes smaller, and packages in it. */
export async function largeImage(folder: string, mebibytes: number): Promise<string> {
  const noise = randomBytes(MIB)
  function* layer(): Generator<Buffer> {
    for (let at = 0; at < 20; at++) {
      const body = Buffer.from(`{"name":"p${at}","version":"1.0.${at}"}`)
      yield* tarEntry(`srv/node_modules/p${at}/package.json`, [body], body.length)
    }
    const pieces = Array.from({ length: mebibytes }, () => noise)
    yield* tarEntry('srv/data.bin', pieces, mebibytes * MIB)
    yield Buffer.alloc(1024)
  }
  return `oci:${await writeLayout(join(folder, `large-${mebibytes}`), layer(), 'gzip')}`
}
