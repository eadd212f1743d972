import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../test/support/databases.ts'
import type { Engine } from '../../test/support/databases.ts'
import {
  ended,
  joined,
  NOW,
  pieces,
  scanned,
  scannerOf,
  take,
} from '../../test/support/scanner-store.ts'
import { GIB } from '../model/bytes.ts'
import { unreachableError, usageError } from '../model/errors.ts'
import type { JobRequest, WorkerView } from '../model/scan-job.ts'
import type { Database } from '../store/database/types.ts'
import type { ScannerStore } from '../store/scanner/open.ts'
import { newPool } from '../store/scanner/pools.ts'
import type { PoolWanted, ScannerDesk } from './desk.ts'
import { createDesk } from './store-desk.ts'

const HOST_BYTES = 16 * GIB
const NOBODY = '00000000-0000-0000-0000-000000000000'

function request(image: string): JobRequest {
  return { image, platform: null, priority: 0, timeoutMs: null, readsAgain: false }
}

function worker(state: WorkerView['state'], change: Partial<WorkerView> = {}): WorkerView {
  return {
    name: `default-${state}`,
    pool: 'default',
    host: 'here',
    pid: 1,
    state,
    job: null,
    enforcedBy: null,
    limitBytes: GIB,
    usageBytes: null,
    peakBytes: null,
    restarts: 0,
    lastEnd: null,
    seenAt: NOW,
    ...change,
  }
}

const [name, start, isMissing] = ENGINES[0] ?? []

describe.skipIf(start === undefined || isMissing)(`the desk over ${name}`, () => {
  let engine: Engine | undefined
  let database: Database | undefined
  let store: ScannerStore
  let desk: ScannerDesk
  let woken = 0

  beforeAll(async () => {
    engine = await start?.()
    database = await engine?.open()
    if (database === undefined) throw new Error('there is no database')
    store = await scannerOf(database)
    desk = createDesk({
      store,
      now: () => NOW,
      hostBytes: HOST_BYTES,
      onWork: () => void woken++,
      sizeOf(image) {
        if (image === 'none') throw usageError('it is no image', null, 'give one')
        if (image === 'away') throw unreachableError('nobody answers', null, 'try later')
        if (image === 'broken') throw new TypeError('a fault')
        const size = /\d+/.exec(image)?.[0]
        return Promise.resolve(size === undefined ? null : Number(size))
      },
    })
  }, 60_000)
  afterAll(async () => {
    await database?.close()
    await engine?.end()
  })
  afterEach(async () => {
    const { jobs } = await store.jobs.list({ limit: 1_000 })
    for (const { id } of jobs) await store.jobs.cancel(id, NOW)
    for (const pool of await store.pools.list()) await store.pools.remove(pool.name)
    for (const { key } of await desk.settings()) await desk.set(key, null, 'a test')
    await store.pools.tell('here', [])
  })

  const refusal = (what: string, todo: string, exitCode = 2): unknown =>
    expect.objectContaining({ message: what, todo, exitCode })
  const add = (
    pool: string,
    memory: string | null,
    count = 1,
  ): ReturnType<ScannerDesk['addWorkers']> => desk.addWorkers({ pool, memory, count })
  const remove = (
    pool: string,
    count: number,
    evenIfJobsWait = false,
  ): ReturnType<ScannerDesk['removeWorkers']> => desk.removeWorkers({ pool, count, evenIfJobsWait })

  describe('a job', () => {
    it('goes where its size says, and workers hear of it', async () => {
      const before = woken
      await add('large-images', '8Gi')
      await desk.set('routing.large_image_pool', 'large-images', 'me')
      const large = await desk.submit(request(`image-${3 * GIB}`), 'me')
      expect(large).toMatchObject({ pool: 'large-images', mode: 'streaming', sizeBytes: 3 * GIB })
      expect(large.note).toBe('3 GiB goes to large-images: 2 GiB and more are large')
      expect(large).toMatchObject({ createdBy: 'me', createdAt: NOW })
      const small = await desk.submit(request('image-5'), 'me')
      expect(small).toMatchObject({ pool: 'default', mode: 'whole', sizeBytes: 5, note: null })
      const unknown = await desk.submit(request('image'), 'me')
      expect(unknown).toMatchObject({ pool: 'default', mode: 'streaming', sizeBytes: null })
      expect(woken).toBe(before + 4)
      expect(await desk.job(large.id.slice(0, 13))).toEqual(large)
    })

    it('of an image that is away now is taken; of none it is refused', async () => {
      expect(await desk.submit(request('away'), 'me')).toMatchObject({
        state: 'queued',
        mode: 'streaming',
        note: 'its size is not known: nobody answers',
      })
      await expect(desk.submit(request('none'), 'me')).rejects.toEqual(
        refusal('it is no image', 'give one'),
      )
      await expect(desk.submit(request('broken'), 'me')).rejects.toThrow(TypeError)
      expect((await desk.jobs({ limit: 9, image: 'none' })).jobs).toEqual([])
    })

    it('is cancelled once, and then begun anew as what is set now has it', async () => {
      const { id } = await desk.submit(request(`image-${3 * GIB}`), 'me')
      await expect(desk.retry(id)).rejects.toEqual(
        refusal(`job ${id} has not ended yet`, 'cancel it first, or wait'),
      )
      expect(await desk.cancel(id)).toMatchObject({ id, state: 'cancelled' })
      await expect(desk.cancel(id)).rejects.toEqual(
        refusal(`job ${id} has ended already`, 'there is nothing to cancel'),
      )
      await add('large-images', null)
      await desk.set('routing.large_image_pool', 'large-images', 'me')
      expect(await desk.retry(id)).toMatchObject({ id, state: 'queued', pool: 'large-images' })
    })

    it('that is none is told of', async () => {
      const none = refusal(`there is no job ${NOBODY}`, 'see: stella scanner jobs list', 3)
      expect(await desk.job(NOBODY)).toBeNull()
      await expect(desk.cancel(NOBODY)).rejects.toEqual(none)
      await expect(desk.retry(NOBODY)).rejects.toEqual(none)
      await expect(desk.document(NOBODY)).rejects.toEqual(none)
    })

    it('that is done has a document, unpacked', async () => {
      const { id } = await desk.submit(request('image-5'), 'me')
      expect(await desk.document(id)).toBeNull()
      const text = '{"bomFormat":"CycloneDX"}'.repeat(10_000)
      const packed = gzipSync(text)
      const taken = await take(store, 'default')
      const parts = scanned(packed.subarray(0, 10), packed.subarray(10))
      await store.jobs.done(taken, ended(), parts)
      expect((await joined((await desk.document(id)) ?? pieces())).toString()).toBe(text)
    })

    it('whose document is damaged does not leave its reader waiting', async () => {
      const { id } = await desk.submit(request('image-5'), 'me')
      const taken = await take(store, 'default')
      await store.jobs.done(taken, ended(), scanned(gzipSync('text').subarray(0, 12)))
      await expect(joined((await desk.document(id)) ?? pieces())).rejects.toThrow(/unexpected end/)
      const failing = {
        ...store,
        jobs: {
          ...store.jobs,
          async *document(): AsyncGenerator<Uint8Array> {
            yield await Promise.reject(new Error('the database is gone'))
          },
        },
      }
      const other = createDesk({
        store: failing,
        now: () => NOW,
        hostBytes: null,
        sizeOf: async () => 1,
      })
      await expect(joined((await other.document(id)) ?? pieces())).rejects.toThrow('is gone')
    })
  })

  describe('a pool', () => {
    it('is made with its first worker, and grows', async () => {
      expect(await add('large-images', '8Gi')).toMatchObject({
        pool: { name: 'large-images', memory: '8Gi', count: 1 },
        notes: [],
      })
      expect((await add('large-images', null)).pool).toMatchObject({ memory: '8Gi', count: 2 })
      expect((await add('default', null, 2)).pool).toMatchObject({ memory: null, count: 3 })
      expect((await desk.pools()).map((each) => each.name)).toEqual(['default', 'large-images'])
    })

    it('may take more together than the host has, and that is said', async () => {
      expect((await add('large-images', '8Gi', 3)).notes).toEqual([
        '3 workers with 8 GiB each could take 24 GiB together, and the host has 16 GiB',
      ])
    })

    it('is refused where one worker would have more than the host', async () => {
      const todo =
        'give less, or run the pool on a larger host: stella scanner workers run --pool NAME --database URL'
      const what = 'a worker of huge would have 32 GiB, and the host has 16 GiB'
      await expect(add('huge', '32Gi')).rejects.toEqual(refusal(what, todo))
      await desk.set('worker.memory_limit', '32Gi', 'me')
      await expect(add('huge', null)).rejects.toEqual(refusal(what, todo))
      expect((await desk.pools()).map((each) => each.name)).toEqual(['default'])
    })

    it.each<[string, string | null, number, string, string]>([
      [
        'Large',
        null,
        1,
        "'Large' is no name of a pool",
        'use up to 40 of the characters a-z, 0-9 and -, as in large-images',
      ],
      ['large', '8GB', 1, "'8GB' could mean two sizes", 'write 8Gi (binary) or 8G (decimal)'],
      [
        'large',
        '1Mi',
        1,
        "'1Mi' is too little",
        'give 96 MiB at least: a worker scans a tiny image in as much',
      ],
      ['large', null, 0, '0 is no number of workers', 'give 1 or more'],
      ['large', null, -1, '-1 is no number of workers', 'give 1 or more'],
      ['large', null, 1.5, '1.5 is no number of workers', 'give 1 or more'],
      ['large', null, 65, '65 workers are more than a pool can have', 'stay at 64 or below'],
      ['default', null, 64, '65 workers are more than a pool can have', 'stay at 64 or below'],
    ])('%s with %s and %d workers is refused', async (pool, memory, count, what, todo) => {
      await expect(add(pool, memory, count)).rejects.toEqual(refusal(what, todo))
    })

    it('grows by all that is added at once', async () => {
      const added = await Promise.all([
        add('large-images', '8Gi', 2),
        add('large-images', null, 3),
        add('large-images', null, 1),
      ])
      expect(Math.max(...added.map(({ pool }) => pool.count))).toBe(6)
      const [, large] = await desk.pools()
      expect(large).toMatchObject({ name: 'large-images', memory: '8Gi', count: 6 })
    })

    it('is given other memory and another number, each alone or both', async () => {
      await add('large-images', '8Gi', 2)
      const set = (change: Partial<PoolWanted>) =>
        desk.setWorkers({
          pool: 'large-images',
          count: null,
          memory: null,
          evenIfJobsWait: false,
          ...change,
        })
      const restart = 'until: stella scanner workers restart --pool large-images'
      expect(await set({ memory: '4Gi' })).toMatchObject({
        pool: { memory: '4Gi', count: 2, generation: 0 },
        notes: [`workers that run keep 8 GiB ${restart}`],
      })
      expect(await set({ count: 3 })).toMatchObject({
        pool: { memory: '4Gi', count: 3 },
        notes: [],
      })
      await desk.set('worker.memory_limit', '2Gi', 'me')
      expect(await set({ memory: 'default', count: 1 })).toMatchObject({
        pool: { memory: null, count: 1 },
        notes: [`workers that run keep 4 GiB ${restart}`],
      })
      await expect(set({ memory: '32Gi' })).rejects.toMatchObject({
        message: 'a worker of large-images would have 32 GiB, and the host has 16 GiB',
      })
      await expect(set({ memory: '1Mi' })).rejects.toMatchObject({ exitCode: 2 })
      await expect(set({ count: 65 })).rejects.toMatchObject({ exitCode: 2 })
      await expect(set({ pool: 'none' })).rejects.toEqual(
        refusal("there is no pool 'none'", 'see: stella scanner workers list'),
      )
      await desk.set('routing.large_image_pool', 'large-images', 'me')
      await desk.submit(request(`image-${3 * GIB}`), 'me')
      await expect(set({ count: 0 })).rejects.toMatchObject({
        todo: 'leave one worker, or say --force',
      })
      // For workers of another host, which may be larger.
      const away = await set({ count: 0, memory: '32Gi', evenIfJobsWait: true })
      expect(away.pool).toMatchObject({ count: 0, memory: '32Gi' })
    })

    it('shrinks where it has more than the host', async () => {
      await add('large-images', '8Gi', 3)
      const [, large = newPool('large-images', 3)] = await desk.pools()
      await store.pools.put({ ...large, memory: '32Gi' })
      expect((await remove('large-images', 1)).pool.count).toBe(2)
    })

    it('keeps its last worker while jobs wait, unless that is meant', async () => {
      await desk.submit(request('image-1'), 'me')
      const todo = 'leave one worker, or say --force'
      await expect(remove('default', 1)).rejects.toEqual(
        refusal('1 job waits in default, and nobody would be left to do them', todo),
      )
      await desk.submit(request('image-2'), 'me')
      await expect(remove('default', 9)).rejects.toEqual(
        refusal('2 jobs wait in default, and nobody would be left to do them', todo),
      )
      expect(await remove('default', 1, true)).toMatchObject({
        pool: { count: 0 },
        notes: ['default has no workers now: its jobs wait'],
      })
      expect((await desk.status()).queues).toMatchObject([{ pool: 'default', depth: 2 }])
    })

    it('shrinks where others stay, and has nothing to give where there is none', async () => {
      await add('default', null, 2)
      await desk.submit(request('image-1'), 'me')
      expect(await remove('default', 2)).toMatchObject({ pool: { count: 1 }, notes: [] })
      const todo = 'see: stella scanner workers list'
      await expect(remove('none', 1)).rejects.toEqual(
        refusal("there are no workers in 'none'", todo),
      )
      await remove('default', 1, true)
      await expect(remove('default', 1)).rejects.toEqual(
        refusal("there are no workers in 'default'", todo),
      )
      await expect(remove('default', -1)).rejects.toEqual(
        refusal('-1 is no number of workers', 'give 1 or more'),
      )
    })

    it('has its workers started again, alone or with all others', async () => {
      await add('large-images', null)
      const generations = async (): Promise<number[]> =>
        (await desk.pools()).map(({ generation }) => generation)
      await desk.restartWorkers({ pool: 'large-images', drainMs: 5_000 })
      expect(await generations()).toEqual([0, 1])
      const all = await desk.restartWorkers({ pool: null, drainMs: 0 })
      expect(all.map(({ drainMs }) => drainMs)).toEqual([0, 0])
      expect(await generations()).toEqual([1, 2])
      await expect(desk.restartWorkers({ pool: 'none', drainMs: 0 })).rejects.toEqual(
        refusal("there is no pool 'none'", 'see: stella scanner workers list'),
      )
    })
  })

  describe('status', () => {
    it('is stopped while nobody works, and says how to begin', async () => {
      await desk.submit(request('image-1'), 'me')
      expect(await desk.status()).toMatchObject({
        state: 'stopped',
        notes: [
          'no workers run: start them with stella serve',
          'no worker of default runs: start stella serve',
        ],
        workers: { total: 0, busy: 0, idle: 0 },
        queues: [{ pool: 'default', depth: 1, workers: 0 }],
      })
    })

    it('is ready while workers run and no line is long', async () => {
      await store.pools.tell('here', [worker('idle'), worker('busy'), worker('starting')])
      await desk.submit(request('image-1'), 'me')
      const { state, notes, workers, jobs } = await desk.status()
      expect({ state, notes }).toEqual({ state: 'ready', notes: [] })
      expect(workers).toEqual({ total: 3, busy: 1, idle: 1 })
      expect(jobs).toMatchObject({ queued: 1, running: 0 })
    })

    it('does not count workers that nobody has heard of for a while', async () => {
      await store.pools.tell('here', [worker('idle', { seenAt: NOW - 16_000 })])
      expect(await desk.status()).toMatchObject({ state: 'stopped', workers: { total: 0 } })
    })

    it('is degraded where a pool with jobs has nobody, and says what helps', async () => {
      await store.pools.tell('here', [worker('idle')])
      await add('large-images', null)
      await desk.set('routing.large_image_pool', 'large-images', 'me')
      await desk.submit(request(`image-${3 * GIB}`), 'me')
      expect(await desk.status()).toMatchObject({
        state: 'degraded',
        notes: ['no worker of large-images runs: start stella serve'],
      })
      await remove('large-images', 1, true)
      expect((await desk.status()).notes).toEqual([
        'large-images has no workers: stella scanner workers add --pool large-images',
      ])
      // Its jobs wait, even where nobody knows of the pool any more.
      await store.pools.remove('large-images')
      expect((await desk.status()).state).toBe('degraded')
    })

    it('is degraded where all that could work end again and again', async () => {
      await store.pools.tell('here', [worker('waiting')])
      expect((await desk.status()).state).toBe('ready')
      await desk.submit(request('image-1'), 'me')
      expect(await desk.status()).toMatchObject({
        state: 'degraded',
        notes: [
          'every worker of default ended too often, and begins again a little later: stella scanner logs',
        ],
      })
      await store.pools.tell('here', [worker('waiting'), worker('busy')])
      expect((await desk.status()).state).toBe('ready')
    })

    it('is degraded where a line is long', async () => {
      await store.pools.tell('here', [worker('busy')])
      for (let at = 0; at < 100; at++) await desk.submit(request('image-1'), 'me')
      expect((await desk.status()).state).toBe('ready')
      await desk.submit(request('image-1'), 'me')
      expect(await desk.status()).toMatchObject({
        state: 'degraded',
        notes: ['101 jobs wait in default'],
      })
    })
  })
})
