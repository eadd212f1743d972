/** The runbooks of Redis and of the JVM, on containers that are really killed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import type { ImageRecipe } from '../support/images.ts'
import { jvmImage, shapes } from '../support/jvm.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { redisAt } from '../support/redis.ts'
import type { RedisClient } from '../support/redis.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const REDIS_IMAGE: ImageRecipe = {
  name: 'stella-test/redis',
  files: ['/usr/bin/redis-server', '/usr/bin/redis-cli'],
}
const prefix = `stella-test-${process.pid}-book`
let docker: TestDocker
let data = ''

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-runbook-runtimes-'))
  if (requireParts('root', 'docker') === null) docker = await testDocker()
})
beforeEach(roomForReports)
afterAll(() => {
  rmSync(data, { recursive: true, force: true })
})

async function start(
  label: string,
  recipe: ImageRecipe,
  limitMib: number,
  options: readonly string[],
  command: readonly string[],
): Promise<string> {
  const name = `${prefix}-${label}`
  const image = await docker.image(recipe)
  const limits = [`--memory=${limitMib}m`, `--memory-swap=${limitMib}m`, '--network=none']
  docker.cli('run', '--detach', `--name=${name}`, ...limits, ...options, image, ...command)
  return name
}

/** With those that a change has kept for its undo. */
function removeAll(): void {
  const { stdout } = docker.tryCli('ps', '--all', '--quiet', `--filter=name=${prefix}`)
  const ids = stdout.split('\n').filter((line) => line !== '')
  if (ids.length > 0) docker.tryCli('rm', '--force', ...ids)
}

const inspect = (name: string, what: string): string =>
  docker.cli('inspect', `--format={{${what}}}`, name).trim()
const limitOf = (name: string): number => Number(inspect(name, '.HostConfig.Memory'))
const hasDied = (name: string) => (): boolean => inspect(name, '.State.Running') === 'false'

function bookOf(id: string, params: Readonly<Record<string, string>>): Book {
  return book(id, params, { ...docker.env, STELLA_DATA: data })
}

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler', 'redis'))(
  'the runbook redis-snapshot',
  () => {
    const KEYS = 45_000
    const VALUE_BYTES = 2_000
    /** Some 98 MiB, and little room for copies. */
    const LIMIT = 116
    /** What is written to is a third of the keys: so much is copied, and no more. */
    const WRITTEN = 15_000

    let folder = ''
    beforeAll(() => {
      folder = testbedFolder(`redis-book-${process.pid}`)
    })
    afterEach(removeAll)
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true })
    })

    async function startRedis(
      label: string,
      limitMib: number,
    ): Promise<{ name: string; redis: RedisClient }> {
      const socket = join(folder, label)
      const options = ['--save', '', '--dir', '/tmp', '--unixsocket', socket]
      // A sleep after each key: the child lives for some seconds, as that of a large store does.
      const slow = ['--enable-debug-command', 'yes', '--rdb-key-save-delay', '1']
      const command = ['redis-server', ...options, ...slow]
      const name = await start(
        label,
        REDIS_IMAGE,
        limitMib,
        [`--volume=${folder}:${folder}`],
        command,
      )
      const redis = redisAt(socket)
      await until('Redis answers', () => redis.info('loading') === '0')
      return { name, redis }
    }

    it('finds the kill, waits, makes room when told to, and sees a snapshot written under the same writes', async ({
      expect,
    }) => {
      const { name, redis } = await startRedis('killed', LIMIT)
      redis.fill(KEYS, VALUE_BYTES)
      // Without writers it fits, and what it writes is loaded again after the kill.
      redis.cli('SAVE')
      const writers = redis.write(WRITTEN, VALUE_BYTES, 4_000)
      try {
        const killed = async (): Promise<boolean> => {
          // As on its schedule: where a snapshot was written in spite of the writers, there is a next one.
          redis.snapshot()
          await pause(500)
          return hasDied(name)()
        }
        await until('the kernel has killed it', killed, 60_000)
        const book = bookOf('redis-snapshot', { container: name, writes: '4000', hold: '5s' })
        const waiting = await book.start()
        expect(waiting.states, waiting.told).toMatchObject({
          why: 'problem',
          plan: 'problem',
          raise: 'waits',
        })
        expect([limitOf(name), inspect(name, '.State.ExitCode')]).toEqual([LIMIT * MIB, '137'])

        const done = await book.approve(waiting)
        expect(done.states, done.told).toMatchObject({
          raise: 'ok',
          'make-room': 'skipped',
          save: 'ok',
          saved: 'ok',
          holds: 'ok',
          fits: 'ok',
        })
        expect([done.code, done.verdict]).toEqual([0, 'resolved'])
        expect(Number(redis.info('rdb_saves'))).toBeGreaterThan(0)
      } finally {
        writers.stop()
      }
    })

    it('leaves one alone that has room', async ({ expect }) => {
      const { name, redis } = await startRedis('well', 128)
      redis.fill(1_000, VALUE_BYTES)
      const book = bookOf('redis-snapshot', { container: name, hold: '1s' })
      const run = await book.startApproved()
      expect([run.code, run.verdict], run.told).toEqual([0, 'well'])
      expect(run.states).toMatchObject({ forecast: 'ok', raise: 'skipped', save: 'skipped' })
      expect([limitOf(name), redis.info('rdb_saves')]).toEqual([128 * MIB, '0'])
    })
  },
)

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler', 'java'))(
  'the runbook jvm-off-heap',
  () => {
    afterEach(removeAll)

    /** A heap of 64 MiB at most, and so many direct buffers beside it. */
    function startJvm(label: string, limitMib: number, directMib: number): Promise<string> {
      const flags = '--env=JAVA_TOOL_OPTIONS=-XX:MaxDirectMemorySize=256m'
      const options = [flags, `--volume=${shapes()}:/classes:ro`]
      const words = ['Shapes', `direct=${directMib}`]
      const command = ['java', '-Xmx64m', '-cp', '/classes', ...words]
      return start(label, jvmImage(), limitMib, options, command)
    }

    const isReady = (name: string) => (): boolean => docker.cli('logs', name).includes('ready')

    it('finds what grew beside the heap, waits, gives it room when told to, and sees it start', async ({
      expect,
    }) => {
      const name = await startJvm('room', 144, 140)
      await until('it is dead', hasDied(name), 60_000)
      const book = bookOf('jvm-off-heap', { container: name, hold: '5s' })
      const waiting = await book.start()
      expect(waiting.states, waiting.told).toMatchObject({ why: 'problem', raise: 'waits' })
      expect(waiting.captures).toMatchObject({ cause: 'off-heap' })
      expect(limitOf(name)).toBe(144 * MIB)

      const done = await book.approve(waiting)
      expect(done.states, done.told).toMatchObject({
        bound: 'skipped',
        raise: 'ok',
        holds: 'ok',
        'no-error': 'ok',
      })
      expect([done.code, done.verdict]).toEqual([0, 'resolved'])
      await until('it holds what it needs', isReady(name))
    })

    it('takes a bound back below which the program gives up by itself', async ({ expect }) => {
      const name = await startJvm('bound', 144, 140)
      await until('it is dead', hasDied(name), 60_000)
      const id = inspect(name, '.Id')
      const variable = 'JAVA_TOOL_OPTIONS=-XX:MaxDirectMemorySize=32m'
      const book = bookOf('jvm-off-heap', { container: name, variable, hold: '20s' })
      const run = await book.startApproved('--undo-on-failure')
      expect(run.states, run.told).toMatchObject({ bound: 'undone' })
      expect([run.code, run.verdict]).toEqual([1, 'undone'])
      expect([inspect(name, '.Id'), inspect(name, '.Config.Env')]).toEqual([
        id,
        expect.not.stringContaining('=32m'),
      ])
    })

    it('leaves one alone that fits', async ({ expect }) => {
      const name = await startJvm('fits', 256, 40)
      await until('it is ready', isReady(name), 60_000)
      const book = bookOf('jvm-off-heap', { container: name })
      const run = await book.startApproved('--deep')
      expect([run.code, run.verdict], run.told).toEqual([0, 'well'])
      expect(run.states).toMatchObject({ native: 'ok', flags: 'ok', bound: 'skipped' })
    })
  },
)
