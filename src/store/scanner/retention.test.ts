import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../../test/support/databases.ts'
import type { Engine } from '../../../test/support/databases.ts'
import {
  ended,
  joined,
  newJob,
  NOW,
  RESULT,
  scanned,
  scannerOf,
  take,
} from '../../../test/support/scanner-store.ts'
import type { Database } from '../database/types.ts'
import type { ScannerStore } from './open.ts'
import type { Dropped, ScannerRetention } from './retention.ts'

const DAY_MS = 86_400_000
const ALL: ScannerRetention = {
  jobAgeMs: 90 * DAY_MS,
  jobs: 1_000_000,
  documentBytes: 1e12,
  logAgeMs: 90 * DAY_MS,
}

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`what is dropped in ${name}`, () => {
    let engine: Engine
    let database: Database
    let store: ScannerStore
    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
      store = await scannerOf(database)
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })

    const sweep = (change: Partial<ScannerRetention>, signal = new AbortController().signal) =>
      store.retention.sweep({ ...ALL, ...change }, NOW, signal)
    const images = async (): Promise<string[]> =>
      (await store.jobs.list({ limit: 1_000 })).jobs.map(({ image }) => image).toSorted()
    /** Everything goes, whatever it is. */
    const empty = (): Promise<Dropped> => sweep({ jobs: 0, documentBytes: 0, logAgeMs: -DAY_MS })

    async function done(image: string, daysAgo: number, bytes = 100): Promise<string> {
      const { id } = await store.jobs.submit(newJob({ image }))
      const end = ended({ endedAt: NOW - daysAgo * DAY_MS })
      const parts = scanned(Buffer.alloc(bytes, image))
      await store.jobs.done(await take(store, 'default'), end, parts)
      return id
    }

    async function failed(image: string, daysAgo: number, gate: string | null): Promise<string> {
      const { id } = await store.jobs.submit(newJob({ image }))
      const end = ended({ outcome: 'oom', endedAt: NOW - daysAgo * DAY_MS })
      const last = { state: 'failed', says: 'x', gate } as const
      await store.jobs.over(await take(store, 'default'), end, last)
      return id
    }

    it('are jobs that ended long ago, but the last word on an image', async () => {
      await failed('shop:1', 300, null)
      await done('shop:1', 200)
      await done('shop:1', 100)
      await failed('blocked:1', 150, 'scan-oom')
      await failed('gone:1', 91, null)
      await done('young:1', 89)
      await store.jobs.submit(newJob({ image: 'waits:1', createdAt: NOW - 400 * DAY_MS }))
      expect(await sweep({})).toEqual({ jobs: 3, documents: 0, lines: 0 })
      expect(await images()).toEqual(['blocked:1', 'shop:1', 'waits:1', 'young:1'])
      expect(await store.jobs.gate('blocked:1')).toMatchObject({ state: 'blocked' })
      expect(await store.jobs.gate('shop:1')).toMatchObject({ state: 'open' })
      expect(await sweep({})).toEqual({ jobs: 0, documents: 0, lines: 0 })
      const { id } = await take(store, 'default').then(({ job }) => job)
      await store.jobs.cancel(id, NOW)
    })

    it('are the oldest where there are too many, and the last word on an image comes last', async () => {
      await empty()
      for (let at = 0; at < 6; at++) await done(`many:${at % 3}`, 60 - at)
      await failed('many:9', 70, 'scan-oom')
      expect((await sweep({ jobs: 5 })).jobs).toBe(2)
      expect(await images()).toEqual(['many:0', 'many:1', 'many:2', 'many:2', 'many:9'])
      expect((await sweep({ jobs: 2 })).jobs).toBe(3)
      expect(await images()).toEqual(['many:1', 'many:2'])
      expect(await store.jobs.gate('many:9')).toMatchObject({ state: 'blocked' })
    })

    it('are the oldest documents where they take too much room, and their jobs stay', async () => {
      await empty()
      const older = await done('room:1', 30, 4_000)
      const newest = await done('room:1', 20, 4_000)
      const other = await done('room:2', 25, 4_000)
      expect(await store.retention.kept()).toMatchObject({
        jobs: 3,
        documents: 3,
        documentBytes: 12_000,
        oldestJob: NOW - 30 * DAY_MS,
      })
      const hasDocument = async (): Promise<(boolean | undefined)[]> => {
        const jobs = await Promise.all([older, newest, other].map((id) => store.jobs.find(id)))
        return jobs.map((job) => job?.result?.hasDocument)
      }
      expect((await sweep({ documentBytes: 12_000 })).documents).toBe(0)
      expect(await sweep({ documentBytes: 11_999 })).toEqual({ jobs: 0, documents: 1, lines: 0 })
      expect(await hasDocument()).toEqual([false, true, true])
      expect(await joined(store.jobs.document(older))).toHaveLength(0)
      expect(await joined(store.jobs.document(newest))).toHaveLength(4_000)
      expect((await sweep({ documentBytes: 4_000 })).documents).toBe(1)
      expect(await hasDocument()).toEqual([false, true, false])
      expect((await store.jobs.find(older))?.result).toMatchObject(RESULT)
      expect(await store.retention.kept()).toMatchObject({ documents: 1, documentBytes: 4_000 })
    })

    it('are old lines of the log', async () => {
      await empty()
      const line = { level: 'info', pool: null, worker: null, job: null, says: 'x' } as const
      const lines = Array.from({ length: 4_500 }, (_, at) => ({ ...line, at: NOW - at * DAY_MS }))
      await store.logs.write(lines)
      expect((await sweep({ logAgeMs: 30 * DAY_MS })).lines).toBe(4_469)
      expect((await store.retention.kept()).oldestLine).toBe(NOW - 30 * DAY_MS)
    })

    it('are 20,000 jobs, while others go on', async () => {
      await empty()
      await store.jobs.submit(newJob({ image: 'model:1' }))
      const { id } = (await store.jobs.list({ limit: 1 })).jobs[0] ?? { id: '' }
      await store.jobs.cancel(id, NOW - 100 * DAY_MS)
      await database.close()
      await engine.execute(manyLike(id, 20_000))
      database = await engine.open()
      store = await scannerOf(database)
      expect((await store.retention.kept()).jobs).toBe(20_001)
      const sweeper = { isOver: false }
      const sweeping = sweep({}).finally(() => {
        sweeper.isOver = true
      })
      let rounds = 0
      while (!sweeper.isOver) {
        await done(`between:${rounds}`, 0)
        await store.jobs.list({ limit: 50 })
        rounds++
        await setImmediate()
      }
      expect((await sweeping).jobs).toBe(20_001)
      // Had it held the database, there would be one or two.
      expect(rounds).toBeGreaterThan(20)
      expect((await store.retention.kept()).jobs).toBe(rounds)
    }, 120_000)

    it('is nothing more once it is to stop', async () => {
      await empty()
      await done('stop:1', 100)
      await done('stop:1', 99)
      const stopped = AbortSignal.abort()
      expect(await sweep({}, stopped)).toEqual({ jobs: 0, documents: 0, lines: 0 })
    })
  })
}

function manyLike(id: string, count: number): string {
  return `
    insert into scanner_jobs select copy.*
      from scanner_jobs job, generate_series(1, ${count}) n,
        jsonb_populate_record(null::scanner_jobs, to_jsonb(job) || jsonb_build_object(
          'id', gen_random_uuid(), 'image', 'many:' || n % 1000, 'ended_at', job.ended_at - n * interval '1 second')) copy
      where job.id = '${id}';`
}
