/** Settings, pools and lines of the log. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ENGINES } from '../../../test/support/databases.ts'
import type { Engine } from '../../../test/support/databases.ts'
import { NOW, scannerOf } from '../../../test/support/scanner-store.ts'
import { LOG_LEVELS } from '../../model/scan-job.ts'
import type { LogLine, SettingChange, WorkerView } from '../../model/scan-job.ts'
import type { Database } from '../database/types.ts'
import type { LogQuery } from './logs.ts'
import type { ScannerStore } from './open.ts'
import { newPool } from './pools.ts'

const KEY = 'worker.memory_limit'
const OTHER = 'timeouts.scan'

function line(says: string, change: Partial<LogLine> = {}): LogLine {
  return { at: NOW, level: 'info', pool: null, worker: null, job: null, says, ...change }
}

function view(name: string, change: Partial<WorkerView> = {}): WorkerView {
  return {
    name,
    pool: 'default',
    host: 'one',
    pid: 4711,
    state: 'idle',
    job: null,
    enforcedBy: 'cgroup v2',
    limitBytes: 2 ** 32,
    usageBytes: 2 ** 26,
    peakBytes: null,
    restarts: 0,
    lastEnd: null,
    seenAt: NOW,
    ...change,
  }
}

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(name, () => {
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

    describe('a setting', () => {
      const change = (to: string | null, key = KEY, at = NOW): Promise<SettingChange | null> =>
        store.settings.change({ key, to, at, by: 'somebody' })

      beforeEach(async () => {
        await change(null)
        await change(null, OTHER)
      })

      it('is what it was set to last, until it is taken away', async () => {
        await change('8Gi')
        await change('1h', OTHER)
        expect(await store.settings.all()).toEqual(
          new Map([
            [KEY, '8Gi'],
            [OTHER, '1h'],
          ]),
        )
        await change('16Gi')
        await change(null, OTHER)
        expect(await store.settings.all()).toEqual(new Map([[KEY, '16Gi']]))
      })

      it('has a history of what was changed, by whom, and from what', async () => {
        const first = await change('8Gi', KEY, NOW)
        const other = await change('1h', OTHER, NOW + 1)
        // The same again is no change.
        expect(await change('8Gi', KEY, NOW + 2)).toBeNull()
        const last = await change(null, KEY, NOW + 3)
        expect(first).toMatchObject({ key: KEY, from: null, to: '8Gi', at: NOW, by: 'somebody' })
        expect(last).toMatchObject({ from: '8Gi', to: null })
        expect(await store.settings.history({ limit: 3 })).toEqual([last, other, first])
        expect(await store.settings.history({ limit: 2, key: KEY })).toEqual([last, first])
        expect(await store.settings.history({ limit: 9, key: 'none' })).toEqual([])
      })

      it('that many change at once has a history without a gap', async () => {
        const second = name === 'the embedded database' ? null : await engine.open()
        const stores = second === null ? [store] : [store, await scannerOf(second)]
        const made = await Promise.all(
          Array.from({ length: 24 }, (_, at) => {
            const { settings } = stores[at % stores.length] ?? store
            const to = at % 5 === 4 ? null : `${1 + at}Gi`
            return settings.change({ key: KEY, to, at: NOW + at, by: `${at}` })
          }),
        )
        const written = made.filter((each) => each !== null)
        const history = await store.settings.history({ limit: written.length, key: KEY })
        expect(new Set(history)).toEqual(new Set(written))
        const [newest] = history
        expect((await store.settings.all()).get(KEY) ?? null).toBe(newest?.to)
        for (const [at, { from }] of history.entries()) {
          expect(from).toBe(history[at + 1]?.to ?? null)
        }
        await second?.close()
      })
    })

    describe('the log', () => {
      const says = async (query: Partial<LogQuery>): Promise<string[]> =>
        (await store.logs.read({ limit: 100, ...query })).map((each) => each.says)

      beforeEach(async () => {
        await store.logs.tidy(0)
      })

      it('gives the newest lines that fit, the oldest of them first, as they were written', async () => {
        const lines = [
          line('one', { pool: 'default', worker: 'default-1', job: 'j', level: 'error' }),
          line('two', { at: NOW + 1 }),
          line('three', { at: NOW + 2, level: 'debug' }),
        ]
        await store.logs.write(lines)
        await store.logs.write([])
        expect(await store.logs.read({ limit: 10 })).toMatchObject(lines)
        expect(await says({ limit: 2 })).toEqual(['two', 'three'])
      })

      it('leaves out what is less serious than asked for', async () => {
        await store.logs.write(LOG_LEVELS.map((level) => line(level, { level })))
        expect(await says({})).toEqual(LOG_LEVELS)
        for (const [at, level] of LOG_LEVELS.entries()) {
          expect(await says({ level })).toEqual(LOG_LEVELS.slice(at))
        }
      })

      it('finds a part of a line in any case, and no sign means anything else', async () => {
        await store.logs.write([line('Out of memory'), line('50% done'), line(String.raw`a\b_c`)])
        expect(await says({ filter: 'OUT OF' })).toEqual(['Out of memory'])
        expect(await says({ filter: '%' })).toEqual(['50% done'])
        expect(await says({ filter: '_' })).toEqual([String.raw`a\b_c`])
        expect(await says({ filter: '\\' })).toEqual([String.raw`a\b_c`])
        expect(await says({ filter: '' })).toHaveLength(3)
        expect(await says({ filter: 'a\0b' })).toEqual([])
      })

      it('gives what came since, behind a line, and of one job', async () => {
        await store.logs.write(
          [0, 1, 2].map((at) => line(`${at}`, { at: NOW + at, job: `j${at}` })),
        )
        expect(await says({ since: NOW + 1 })).toEqual(['1', '2'])
        expect(await says({ job: 'j1' })).toEqual(['1'])
        const [first] = await store.logs.read({ limit: 100 })
        expect(await says({ after: first?.id })).toEqual(['1', '2'])
        expect(await says({ after: first?.id, level: 'error' })).toEqual([])
      })

      it('is followed line by line without a gap or a repetition', async () => {
        const seen: string[] = []
        let after = 0
        for (let round = 0; round < 5; round++) {
          await store.logs.write(Array.from({ length: round }, (_, at) => line(`${round}.${at}`)))
          const lines = await store.logs.read({ limit: 100, after })
          seen.push(...lines.map((each) => each.says))
          after = lines.at(-1)?.id ?? after
        }
        expect(seen).toEqual(await says({}))
        expect(seen).toHaveLength(10)
      })

      it('takes any text, and the beginning of a long one', async () => {
        await store.logs.write([line('a\0b'), line('\uD83D'), line('x'.repeat(100_000))])
        const [nul, half, long] = await says({})
        expect([nul, half]).toEqual(['a\uFFFDb', '\uFFFD'])
        expect(long).toHaveLength(4_000)
      })

      it('takes as many lines at once as there may be', async () => {
        await store.logs.write(Array.from({ length: 20_000 }, (_, at) => line(`${at}`)))
        expect(await says({ limit: 1_000_000 })).toHaveLength(10_000)
        expect(await says({ limit: 1 })).toEqual(['19999'])
      })

      it('keeps the newest lines when it is tidied', async () => {
        await store.logs.write(['1', '2', '3', '4'].map((each) => line(each)))
        await store.logs.tidy(10)
        await store.logs.tidy(4)
        expect(await says({})).toHaveLength(4)
        await store.logs.tidy(2)
        expect(await says({})).toEqual(['3', '4'])
      })
    })

    describe('pools', () => {
      it('are there by name, and the default one always', async () => {
        expect(await store.pools.list()).toEqual([newPool('default', 1)])
        const large = { ...newPool('large-images', 2), memory: '16Gi', drainMs: 5_000 }
        await store.pools.put(large)
        await store.pools.put(newPool('a-pool', 1))
        const names = async (): Promise<string[]> =>
          (await store.pools.list()).map((pool) => pool.name)
        expect(await names()).toEqual(['a-pool', 'default', 'large-images'])
        await store.pools.put({ ...newPool('default', 0), generation: 3 })
        await store.pools.remove('a-pool')
        expect(await store.pools.list()).toEqual([
          { ...newPool('default', 0), generation: 3 },
          large,
        ])
        await store.pools.remove('default')
        await store.pools.remove('large-images')
        expect(await names()).toEqual(['default'])
      })

      it('lose nothing of what several change at once, and nothing where one is refused', async () => {
        const more = () =>
          store.pools.change('busy', (pool) => ({ ...pool, count: pool.count + 1 }))
        await Promise.all(Array.from({ length: 10 }, more))
        const refused = store.pools.change('busy', () => {
          throw new Error('no more')
        })
        await expect(refused).rejects.toThrow('no more')
        const never = store.pools.change('never', () => {
          throw new Error('not this one')
        })
        await expect(never).rejects.toThrow('not this one')
        expect(await store.pools.list()).toContainEqual(newPool('busy', 10))
        expect((await store.pools.list()).map((pool) => pool.name)).not.toContain('never')
        expect(await store.pools.change('default', (pool) => pool)).toEqual(newPool('default', 1))
        await store.pools.remove('busy')
        await store.pools.remove('default')
      })

      it('have the workers that hosts told of lately', async () => {
        await store.pools.tell('one', [view('default-2'), view('default-1', { state: 'busy' })])
        await store.pools.tell('two', [view('default-1', { host: 'two', seenAt: NOW + 5_000 })])
        const seen = async (since: number): Promise<string[]> =>
          (await store.pools.workers(since)).map((each) => `${each.host} ${each.name}`)
        expect(await seen(NOW)).toEqual(['one default-1', 'two default-1', 'one default-2'])
        expect(await seen(NOW + 1)).toEqual(['two default-1'])
        // All of a host, each time.
        await store.pools.tell('one', [view('large-1', { pool: 'large' })])
        expect(await seen(NOW)).toEqual(['two default-1', 'one large-1'])
        expect((await store.pools.workers(NOW)).at(-1)).toEqual(view('large-1', { pool: 'large' }))
        await store.pools.tell('one', [])
        await store.pools.tell('two', [])
        expect(await seen(0)).toEqual([])
      })

      it('count why workers were started again, however many count at once', async () => {
        await Promise.all(Array.from({ length: 10 }, () => store.pools.restarted('default', 'oom')))
        await store.pools.restarted('default', 'crash')
        await store.pools.restarted('large', 'oom')
        const counted = (await store.pools.restarts()).map(
          ({ pool, reason, count }) => `${pool} ${reason} ${count}`,
        )
        expect(counted.toSorted()).toEqual(['default crash 1', 'default oom 10', 'large oom 1'])
      })
    })
  })
}
