import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../../test/support/databases.ts'
import type { Engine } from '../../../test/support/databases.ts'
import {
  ended,
  newJob,
  NOW,
  RESULT,
  scanned,
  scannerOf,
  take,
  taker,
} from '../../../test/support/scanner-store.ts'
import type { Database } from '../database/types.ts'
import type { ScannerStore } from './open.ts'

/** A job begins here; see `taker`. */
const BEGUN = NOW + 1_000

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`figures of ${name}`, () => {
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

    async function done(lastedMs: number, problems: number): Promise<void> {
      await store.jobs.submit(newJob())
      const end = ended({ endedAt: BEGUN + lastedMs })
      await store.jobs.done(await take(store, 'default'), end, {
        ...scanned(),
        result: { ...RESULT, problems },
      })
    }

    it('are nothing where nothing was scanned', async () => {
      expect(await store.jobs.figures()).toEqual({
        done: 0,
        complete: 0,
        packages: 0,
        failed: [],
        medianMs: null,
        p95Ms: null,
      })
    })

    it('count what is done and what failed, by how the last attempt ended', async () => {
      for (let at = 1; at <= 20; at++) await done(at * 1_000, at > 18 ? 2 : 0)
      for (const outcome of ['oom', 'oom', 'timeout'] as const) {
        await store.jobs.submit(newJob())
        const state = outcome === 'timeout' ? 'timeout' : 'failed'
        const last = { state, says: 'x', gate: null } as const
        await store.jobs.over(await take(store, 'default'), ended({ outcome }), last)
      }
      const { id } = await store.jobs.submit(newJob())
      await store.jobs.cancel(id, NOW)
      await store.jobs.submit(newJob())
      expect(await store.jobs.figures()).toEqual({
        done: 20,
        complete: 18,
        packages: 20 * RESULT.packages,
        failed: [
          { reason: 'oom', count: 2 },
          { reason: 'timeout', count: 1 },
        ],
        medianMs: 10_500,
        p95Ms: 19_050,
      })
    })

    it('are of the last attempt, and of what ended since', async () => {
      const first = await take(store, 'default')
      const next = { pool: 'default', mode: 'lean', note: null, delayMs: 0 } as const
      await store.jobs.again(first, ended({ outcome: 'oom' }), next)
      const again = await take(store, 'default', { ...taker(), startedAt: NOW + 100_000 })
      await store.jobs.done(again, ended({ endedAt: NOW + 107_000 }), scanned())
      expect(await store.jobs.figures(NOW + 50_000)).toMatchObject({
        done: 1,
        failed: [],
        medianMs: 7_000,
      })
    })
  })
}
