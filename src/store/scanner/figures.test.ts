import { expect, it } from 'vitest'
import {
  ended,
  newJob,
  NOW,
  RESULT,
  scanned,
  describeStores,
  take,
  taker,
} from '../../../test/support/scanner-store.ts'

/** A job begins here; see `taker`. */
const BEGUN = NOW + 1_000

describeStores(
  (name) => `figures of ${name}`,
  (its) => {
    async function done(lastedMs: number, problems: number): Promise<void> {
      await its.store.jobs.submit(newJob())
      const end = ended({ endedAt: BEGUN + lastedMs })
      await its.store.jobs.done(await take(its.store, 'default'), end, {
        ...scanned(),
        result: { ...RESULT, problems },
      })
    }

    it('are nothing where nothing was scanned', async () => {
      expect(await its.store.jobs.figures()).toEqual({
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
        await its.store.jobs.submit(newJob())
        const state = outcome === 'timeout' ? 'timeout' : 'failed'
        const last = { state, says: 'x', gate: null } as const
        await its.store.jobs.over(await take(its.store, 'default'), ended({ outcome }), last)
      }
      const { id } = await its.store.jobs.submit(newJob())
      await its.store.jobs.cancel(id, NOW)
      await its.store.jobs.submit(newJob())
      expect(await its.store.jobs.figures()).toEqual({
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
      const first = await take(its.store, 'default')
      const next = { pool: 'default', mode: 'lean', note: null, delayMs: 0 } as const
      await its.store.jobs.again(first, ended({ outcome: 'oom' }), next)
      const again = await take(its.store, 'default', { ...taker(), startedAt: NOW + 100_000 })
      await its.store.jobs.done(again, ended({ endedAt: NOW + 107_000 }), scanned())
      expect(await its.store.jobs.figures(NOW + 50_000)).toMatchObject({
        done: 1,
        failed: [],
        medianMs: 7_000,
      })
    })
  },
)
