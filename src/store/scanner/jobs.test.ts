import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
  taker,
} from '../../../test/support/scanner-store.ts'
import { until } from '../../../test/support/testbed.ts'
import type { Gate } from '../../model/scan-job.ts'
import type { Database } from '../database/types.ts'
import { countedAttempts } from './job-rows.ts'
import type { TakenJob } from './job-types.ts'
import type { ScannerStore } from './open.ts'

const NOTHING = '00000000-0000-0000-0000-000000000000'
const DOCUMENT = Buffer.from('a document')

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`jobs in ${name}`, () => {
    let engine: Engine
    let database: Database
    let store: ScannerStore
    /** A line of its own for each test. */
    let pool: string
    let count = 0

    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
      store = await scannerOf(database)
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })
    beforeEach(() => {
      pool = `pool-${++count}`
    })

    const done = (taken: TakenJob, ...parts: Uint8Array[]): Promise<boolean> =>
      store.jobs.done(taken, ended(), scanned(...parts))
    const gateOf = async (image: string): Promise<Gate | undefined> =>
      (await store.jobs.gates()).find((gate) => gate.image === image)
    const again = (taken: TakenJob, delayMs = 0): Promise<boolean> =>
      store.jobs.again(taken, ended({ outcome: 'oom', says: 'out of memory' }), {
        pool,
        mode: 'lean',
        note: 'out of memory; again as lean',
        delayMs,
      })
    const over = (taken: TakenJob, gate: string | null = 'scan-oom'): Promise<boolean> =>
      store.jobs.over(taken, ended({ outcome: 'oom', says: 'out of memory' }), {
        state: 'failed',
        says: 'out of memory; a worker needs more',
        gate,
      })

    it('go from the request to the result', async () => {
      const asked = newJob({ pool, platform: 'linux/arm64', timeoutMs: 90_000, note: 'large' })
      const job = await store.jobs.submit(asked)
      expect(job).toEqual({
        ...asked,
        id: job.id,
        state: 'queued',
        startedAt: null,
        endedAt: null,
        attempts: [],
        forgotten: 0,
        result: null,
      })
      expect(await store.jobs.find(job.id)).toEqual(job)

      const taken = await take(store, pool)
      expect(taken.job).toMatchObject({ id: job.id, state: 'running', startedAt: NOW + 1_000 })
      expect(taken.job.attempts).toEqual([taken.attempt])
      expect(taken.attempt).toMatchObject({ number: 1, pool, mode: 'whole', outcome: null })
      expect(await store.jobs.take(pool, taker())).toBeNull()
      expect(await store.jobs.touch(taken)).toBe(true)

      expect(await done(taken, DOCUMENT)).toBe(true)
      expect(await store.jobs.find(job.id)).toMatchObject({
        state: 'done',
        endedAt: NOW + 2_000,
        note: null,
        result: RESULT,
        attempts: [{ number: 1, outcome: 'done', peakBytes: 7_000 }],
      })
      expect(await joined(store.jobs.document(job.id))).toEqual(DOCUMENT)
      expect(await store.jobs.take(pool, taker())).toBeNull()
    })

    it('are found by their id, or by the beginning that one alone has', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      for (const length of [36, 35, 24, 20, 14, 9, 8]) {
        expect((await store.jobs.find(id.slice(0, length)))?.id).toBe(id)
      }
      for (const text of ['', '%', `${id}0`, NOTHING, 'x', "'", '-', `${id.slice(0, 8)}0`]) {
        expect(await store.jobs.find(text)).toBeNull()
      }
    })

    it('are tried again as it is said, and the attempts are kept', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      expect(await again(await take(store, pool))).toBe(true)
      expect(await store.jobs.find(id)).toMatchObject({
        state: 'queued',
        mode: 'lean',
        note: 'out of memory; again as lean',
      })
      const second = await take(store, pool)
      expect(second.attempt).toMatchObject({ number: 2, mode: 'lean' })
      expect(countedAttempts(second.job)).toBe(2)
      await done(second, DOCUMENT)
      expect((await store.jobs.find(id))?.attempts).toMatchObject([
        { number: 1, mode: 'whole', outcome: 'oom', says: 'out of memory' },
        { number: 2, mode: 'lean', outcome: 'done' },
      ])
    })

    it('go to another pool where that is said', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      const course = { pool: `${pool}-large`, mode: 'streaming', note: null, delayMs: 0 } as const
      await store.jobs.again(await take(store, pool), ended({ outcome: 'oom' }), course)
      expect(await store.jobs.take(pool, taker())).toBeNull()
      expect((await take(store, course.pool)).job.id).toBe(id)
    })

    it('wait for their delay, and others pass by meanwhile', async () => {
      await store.jobs.submit(newJob({ pool }))
      const later = await take(store, pool)
      const asked = performance.now()
      await again(later, 1_500)
      const { id } = await store.jobs.submit(newJob({ pool }))
      expect((await take(store, pool)).job.id).toBe(id)
      const next = await until('its time has come', async () => store.jobs.take(pool, taker()))
      expect(next.job.id).toBe(later.job.id)
      expect(performance.now() - asked).toBeGreaterThan(1_500)
    })

    it('are taken by their priority, and within one in the order in which they came', async () => {
      const ids: string[] = []
      for (const priority of [0, 5, -5, 5, 0]) {
        ids.push((await store.jobs.submit(newJob({ pool, priority }))).id)
      }
      const order: string[] = []
      for (let at = 0; at < ids.length; at++) order.push((await take(store, pool)).job.id)
      expect(order.map((id) => ids.indexOf(id))).toEqual([1, 3, 0, 4, 2])
    })

    it('have one result where two hold them: what comes from the first changes nothing', async () => {
      const { id } = await store.jobs.submit(newJob({ pool, image: `registry:two/${pool}` }))
      const first = await take(store, pool, taker('one'))
      // What becomes of a job whose taker is silent for too long.
      await store.jobs.recover()
      const second = await take(store, pool, taker('two'))
      expect(second.message.id).toBe(first.message.id)
      const held = await store.jobs.find(id)

      expect(await store.jobs.touch(first)).toBe(false)
      expect(await again(first)).toBe(false)
      expect(await over(first)).toBe(false)
      expect(await done(first, Buffer.from('of the first'))).toBe(false)
      expect(await store.jobs.find(id)).toEqual(held)
      expect(await joined(store.jobs.document(id))).toHaveLength(0)
      expect(await gateOf(`registry:two/${pool}`)).toBeUndefined()

      expect(await store.jobs.touch(second)).toBe(true)
      expect(await done(second, DOCUMENT)).toBe(true)
      expect(await done(second, Buffer.from('once more'))).toBe(false)
      expect(await done(first, Buffer.from('much later'))).toBe(false)
      expect(await joined(store.jobs.document(id))).toEqual(DOCUMENT)
      expect(await store.jobs.find(id)).toMatchObject({
        state: 'done',
        attempts: [
          { worker: 'one', outcome: 'gone' },
          { worker: 'two', outcome: 'done' },
        ],
      })
      expect(await store.jobs.take(pool, taker())).toBeNull()
    })

    it('that are cancelled while they run end so, whatever comes of it later', async () => {
      const image = `registry:cancelled/${pool}`
      const { id } = await store.jobs.submit(newJob({ pool, image }))
      const taken = await take(store, pool)
      expect(await store.jobs.cancel(id, NOW + 1_500)).toMatchObject({
        state: 'cancelled',
        endedAt: NOW + 1_500,
        attempts: [{ outcome: 'cancelled', endedAt: NOW + 1_500 }],
      })
      const held = await store.jobs.find(id)
      expect(await store.jobs.touch(taken)).toBe(false)
      expect(await done(taken, DOCUMENT)).toBe(false)
      expect(await again(taken)).toBe(false)
      expect(await over(taken)).toBe(false)
      expect(await store.jobs.find(id)).toEqual(held)
      expect(await joined(store.jobs.document(id))).toHaveLength(0)
      expect(await gateOf(image)).toBeUndefined()
      expect(await store.jobs.cancel(id, NOW)).toBeNull()
      expect(await store.jobs.cancel(NOTHING, NOW)).toBeNull()
    })

    it('that are cancelled while they wait are taken by nobody', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      expect(await store.jobs.cancel(id, NOW)).toMatchObject({ state: 'cancelled', attempts: [] })
      expect(await store.jobs.take(pool, taker())).toBeNull()
    })

    it('begin anew when they ended and somebody asks, and earlier attempts do not count', async () => {
      const { id } = await store.jobs.submit(newJob({ pool, sizeBytes: null }))
      const course = { pool, mode: 'streaming', note: 'asked for', sizeBytes: 5 } as const
      expect(await store.jobs.retry(id, course)).toBeNull()
      await again(await take(store, pool))
      expect(await store.jobs.retry(id, course)).toBeNull()
      await over(await take(store, pool))
      expect(await store.jobs.retry(id, course)).toMatchObject({
        ...course,
        state: 'queued',
        endedAt: null,
      })
      const third = await take(store, pool)
      expect(third.attempt).toMatchObject({ number: 3, mode: 'streaming' })
      expect(countedAttempts(third.job)).toBe(1)
      expect(await store.jobs.retry(NOTHING, course)).toBeNull()
    })

    it('that begin anew have nothing to show until they are done again', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      await done(await take(store, pool), DOCUMENT, DOCUMENT)
      const course = { pool, mode: 'whole', note: null, sizeBytes: 1 } as const
      expect(await store.jobs.retry(id, course)).toMatchObject({ state: 'queued', result: null })
      expect(await joined(store.jobs.document(id))).toHaveLength(0)
      await done(await take(store, pool), DOCUMENT)
      expect(await joined(store.jobs.document(id))).toEqual(DOCUMENT)
    })

    it('that ran when their owner died wait again with less memory, and that does not count', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      const waiting = await store.jobs.submit(newJob({ pool: `${pool}-waits` }))
      const first = await take(store, pool)
      expect(await store.jobs.recover()).toBeGreaterThanOrEqual(1)
      expect((await store.jobs.find(id))?.state).toBe('queued')
      expect(await done(first, DOCUMENT)).toBe(false)
      const second = await take(store, pool)
      expect(second.attempt).toMatchObject({ number: 2, mode: 'lean' })
      expect(second.job.attempts[0]).toMatchObject({
        outcome: 'gone',
        endedAt: second.attempt.startedAt,
      })
      expect(countedAttempts(second.job)).toBe(1)
      expect(await store.jobs.find(waiting.id)).toEqual(waiting)
      expect(await done(second, DOCUMENT)).toBe(true)
      expect(await store.jobs.recover()).toBe(0)
    })

    it('that are lost again and again go on, and of those attempts the last are kept', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      for (let round = 0; round < 55; round++) {
        const end = ended({ outcome: 'lost', says: 'the scanner was stopped' })
        const next = { pool, mode: 'whole', note: null, delayMs: 0 } as const
        expect(await store.jobs.again(await take(store, pool), end, next)).toBe(true)
      }
      const last = await take(store, pool)
      expect(last.attempt.number).toBe(56)
      expect(last.job.attempts).toHaveLength(50)
      expect(countedAttempts(last.job)).toBe(1)
      expect(await done(last, DOCUMENT)).toBe(true)
      expect((await store.jobs.find(id))?.attempts.at(-1)).toMatchObject({ outcome: 'done' })
    })

    it('whose owner died again and again, perhaps because of them, fail, and begin anew when asked for', async () => {
      const image = `registry:takes-all-along/${pool}`
      const { id } = await store.jobs.submit(newJob({ pool, image }))
      for (let round = 0; round < 3; round++) {
        await take(store, pool)
        await store.jobs.recover()
      }
      expect(await store.jobs.take(pool, taker())).toBeNull()
      const failed = await store.jobs.find(id)
      expect(failed).toMatchObject({ state: 'failed', endedAt: NOW + 1_000 })
      expect(failed?.note).toContain('gone 3 times in a row')
      expect(failed?.attempts.map(({ mode, outcome }) => [mode, outcome])).toEqual([
        ['whole', 'gone'],
        ['lean', 'gone'],
        ['lean', 'gone'],
      ])
      expect(await gateOf(image)).toMatchObject({ reason: 'scan-failed', job: id })

      await store.jobs.retry(id, { pool, mode: 'whole', note: null, sizeBytes: null })
      const again = await take(store, pool)
      expect(again.attempt).toMatchObject({ number: 4, mode: 'whole' })
      expect(await done(again, DOCUMENT)).toBe(true)
      expect(await gateOf(image)).toBeUndefined()
    })

    it('that fail block their image, and the next good scan of it frees it', async () => {
      const [image, other] = [`registry:gate/${pool}:1`, `registry:gate/${pool}:2`]
      const next = async (of: string): Promise<TakenJob> => {
        await store.jobs.submit(newJob({ pool, image: of }))
        return take(store, pool)
      }
      const failed = await next(image)
      await over(failed)
      const gate = { image, reason: 'scan-oom', job: failed.job.id, since: NOW + 2_000 }
      expect(await gateOf(image)).toEqual(gate)
      expect(await gateOf(other)).toBeUndefined()

      const slow = await next(image)
      await over(slow, 'scan-timeout')
      expect(await gateOf(image)).toEqual({ ...gate, reason: 'scan-timeout', job: slow.job.id })
      await over(await next(image), null)
      await done(await next(other), DOCUMENT)
      expect((await gateOf(image))?.reason).toBe('scan-timeout')

      await done(await next(image), DOCUMENT)
      expect(await gateOf(image)).toBeUndefined()
      expect(await store.jobs.gate(image)).toMatchObject({ state: 'open', since: NOW + 2_000 })
      expect(await store.jobs.gate(`${image}0`)).toMatchObject({ state: 'unknown', job: null })
    })

    it('that left something out block their image, too', async () => {
      const image = `registry:gate/${pool}:3`
      await store.jobs.submit(newJob({ pool, image, mode: 'partial' }))
      const taken = await take(store, pool)
      await done(taken, DOCUMENT)
      expect(await store.jobs.gate(image)).toEqual({
        image,
        state: 'blocked',
        reason: 'scan-partial',
        job: taken.job.id,
        since: NOW + 2_000,
      })
    })

    it('keep documents of many parts byte for byte', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      const parts = Array.from({ length: 5 }, (_, part) =>
        Buffer.from(Array.from({ length: 300_001 }, (_, at) => (at * 7 + part) % 256)),
      )
      expect(await done(await take(store, pool), ...parts, Buffer.alloc(0))).toBe(true)
      expect(Buffer.compare(await joined(store.jobs.document(id)), Buffer.concat(parts))).toBe(0)
    })

    it('stay as they are where a document breaks off, and can be done then', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      const taken = await take(store, pool)
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield DOCUMENT
        throw new Error('the disk is gone')
      }
      const breaking = { ...scanned(), document: broken() }
      await expect(store.jobs.done(taken, ended(), breaking)).rejects.toThrow('disk')
      expect(await store.jobs.find(id)).toEqual(taken.job)
      expect(await joined(store.jobs.document(id))).toHaveLength(0)
      expect(await done(taken, DOCUMENT)).toBe(true)
    })

    it('take last words of any bytes', async () => {
      const { id } = await store.jobs.submit(newJob({ pool }))
      const says = 'a\0b \uD83D'
      const end = ended({ outcome: 'crash', says })
      const course = { pool, mode: 'whole', note: says, delayMs: 0 } as const
      expect(await store.jobs.again(await take(store, pool), end, course)).toBe(true)
      const last = { state: 'failed', says, gate: null } as const
      expect(await store.jobs.over(await take(store, pool), end, last)).toBe(true)
      expect(await store.jobs.find(id)).toMatchObject({
        note: 'a\uFFFDb \uFFFD',
        attempts: [{ says: 'a\uFFFDb \uFFFD' }, { says: 'a\uFFFDb \uFFFD' }],
      })
    })

    it('are each taken once, however many takers there are at a time', async () => {
      const other = name === 'the embedded database' ? null : await engine.open()
      const stores = other === null ? [store] : [store, await scannerOf(other)]
      const asked = 60
      await Promise.all(Array.from({ length: asked }, () => store.jobs.submit(newJob({ pool }))))
      const takes = Array.from({ length: 12 }, async (_, at) => {
        const mine = stores[at % stores.length] ?? store
        const ids: string[] = []
        for (;;) {
          const taken = await mine.jobs.take(pool, taker(`worker-${at}`))
          if (taken === null) return ids
          ids.push(taken.job.id)
          expect(await mine.jobs.done(taken, ended(), scanned(DOCUMENT))).toBe(true)
        }
      })
      const ids = (await Promise.all(takes)).flat()
      expect(ids).toHaveLength(asked)
      expect(new Set(ids).size).toBe(asked)
      await other?.close()
    })
  })
}
