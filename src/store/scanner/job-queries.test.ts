import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../../test/support/databases.ts'
import type { Engine } from '../../../test/support/databases.ts'
import { ended, newJob, NOW, scannerOf, take } from '../../../test/support/scanner-store.ts'
import { JOB_STATES } from '../../model/scan-job.ts'
import type { Job } from '../../model/scan-job.ts'
import type { Database } from '../database/types.ts'
import type { JobQuery } from './job-types.ts'
import type { ScannerStore } from './open.ts'

const IMAGES = ['shop/web:1', 'shop/Web:2', 'lib/50%_done', String.raw`lib\x`]
const MANY = 40

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`the jobs of ${name}`, () => {
    let engine: Engine
    let database: Database
    let store: ScannerStore
    /** All there are, the newest first, and of one moment by their id. */
    let all: Job[]

    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
      store = await scannerOf(database)
      const asked = Array.from({ length: MANY }, (_, at) =>
        newJob({
          image: IMAGES[at % IMAGES.length] ?? '',
          pool: at % 5 === 0 ? 'large-images' : 'default',
          // Many in one moment.
          createdAt: NOW + (at % 7) * 1_000,
        }),
      )
      const jobs: Job[] = []
      for (const each of asked) jobs.push(await store.jobs.submit(each))
      for (const { id } of jobs.slice(0, 6)) await store.jobs.cancel(id, NOW + 60_000)
      for (const state of ['failed', 'timeout', null] as const) {
        const taken = await take(store, 'default')
        const end = ended({ outcome: 'timeout', endedAt: NOW + 90_000 })
        if (state !== null) await store.jobs.over(taken, end, { state, says: 'x', gate: null })
      }
      const found = await Promise.all(jobs.map(({ id }) => store.jobs.find(id)))
      all = found
        .filter((job) => job !== null)
        .toSorted((one, other) =>
          one.createdAt === other.createdAt
            ? one.id < other.id
              ? 1
              : -1
            : other.createdAt - one.createdAt,
        )
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })

    /** What a page at a time gives, and how large the pages were. */
    async function paged(query: JobQuery): Promise<{ ids: string[]; sizes: number[] }> {
      const ids: string[] = []
      const sizes: number[] = []
      let after: string | undefined
      for (;;) {
        const { jobs, next } = await store.jobs.list({ ...query, after })
        ids.push(...jobs.map(({ id }) => id))
        sizes.push(jobs.length)
        if (next === null) return { ids, sizes }
        after = next
      }
    }

    it('are listed the newest first, with any filter and in pages of any size, each once', async () => {
      const queries = fc.record({
        limit: fc.integer({ min: 1, max: MANY + 5 }),
        states: fc.option(fc.subarray([...JOB_STATES]), { nil: undefined }),
        image: fc.constantFrom(
          undefined,
          '',
          'SHOP',
          'web:1',
          '%',
          '_',
          '\\',
          '0%_d',
          'none',
          'a\0',
        ),
        since: fc.option(fc.integer({ min: NOW - 1, max: NOW + 100_000 }), { nil: undefined }),
      })
      await fc.assert(
        fc.asyncProperty(queries, async (query) => {
          const { states = [], image = '', since = 0 } = query
          const fits = all.filter(
            (job) =>
              (states.length === 0 || states.includes(job.state)) &&
              job.image.toLowerCase().includes(image.toLowerCase()) &&
              (job.createdAt >= since || (job.endedAt ?? 0) >= since),
          )
          const { ids, sizes } = await paged(query)
          expect(ids).toEqual(fits.map(({ id }) => id))
          expect(sizes.slice(0, -1).every((size) => size === query.limit)).toBe(true)
        }),
        { numRuns: 60 },
      )
    })

    it('that come while somebody turns pages are not among the pages that follow', async () => {
      const first = await store.jobs.list({ limit: 10 })
      const late = await store.jobs.submit(newJob({ pool: 'late', createdAt: NOW + 3_600_000 }))
      const rest = await store.jobs.list({ limit: 1_000, after: first.next ?? undefined })
      const ids = [...first.jobs, ...rest.jobs].map(({ id }) => id)
      expect(ids).toEqual(all.map(({ id }) => id))
      const [newest] = (await store.jobs.list({ limit: 1 })).jobs
      expect(newest).toEqual(late)
      all.unshift(late)
    })

    it('are whole in a list', async () => {
      expect((await store.jobs.list({ limit: 1_000 })).jobs).toEqual(all)
    })

    it('begin at the first page where a place in the list is none', async () => {
      const first = await store.jobs.list({ limit: 3 })
      for (const after of ['', 'x', '1-2', `1-${'-'.repeat(36)}`, `1-${'f'.repeat(36)}`, "1-'"]) {
        expect(await store.jobs.list({ limit: 3, after })).toEqual(first)
      }
      expect((await store.jobs.list({ limit: 3, after: `${first.next}0` })).jobs).toEqual(
        first.jobs,
      )
    })

    it('are counted by state, and by pool where they wait', async () => {
      const counts = await store.jobs.counts()
      for (const state of JOB_STATES) {
        expect(counts.get(state)).toBe(all.filter((job) => job.state === state).length)
      }
      const waiting = all.filter(({ state }) => state === 'queued')
      const pools = [...new Set(waiting.map(({ pool }) => pool))]
      const depths = pools.map((pool) => [pool, waiting.filter((job) => job.pool === pool).length])
      expect(new Set(await store.jobs.depths())).toEqual(new Set(depths))
    })
  })
}
