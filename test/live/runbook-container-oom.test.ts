/** The runbook container-oom on containers that really reach their limit, and on one that only seems to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { testDocker } from '../support/docker.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import { until } from '../support/testbed.ts'

type Cli = Pick<Awaited<ReturnType<typeof testDocker>>, 'env' | 'cli' | 'tryCli' | 'image'>

const ENGINES: readonly [string, () => Cli | Promise<Cli>, string | null][] = [
  ['docker', testDocker, requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler')],
  ['podman', testPodman, requireParts('root', 'kmsg', 'podman', 'busybox', 'compiler')],
]

for (const [engine, open, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`the runbook container-oom, with ${engine}`, () => {
    const data = mkdtempSync(join(tmpdir(), 'stella-test-container-oom-'))
    const names: string[] = []
    let cli: Cli
    let image = ''

    beforeAll(async () => {
      cli = await open()
      image = await cli.image()
    })
    beforeEach(roomForReports)
    afterAll(() => {
      if (names.length > 0) cli.tryCli('rm', '--force', ...names)
      rmSync(data, { recursive: true, force: true })
    })

    /** With 32 MiB, in which it takes and does what the words say. */
    function start(label: string, ...words: readonly string[]): string {
      const name = `stella-test-${process.pid}-oom-${label}`
      names.push(name)
      const limits = ['--memory=32m', '--memory-swap=32m']
      cli.cli('run', '--detach', `--name=${name}`, '--network=none', ...limits, image, ...words)
      return name
    }

    function bookOf(container: string, params: Readonly<Record<string, string>> = {}): Book {
      const env = { ...cli.env, STELLA_DATA: data }
      return book('container-oom', { engine, container, hold: '3s', ...params }, env)
    }

    const inspect = (name: string, what: string): string =>
      cli.cli('inspect', `--format={{${what}}}`, name).trim()
    const limitOf = (name: string): number => Number(inspect(name, '.HostConfig.Memory'))
    const hasDied = (name: string) => (): boolean => inspect(name, '.State.Running') === 'false'

    it('finds the limit too low, waits, raises it when told to, and sees the work go through', async () => {
      const name = start('low', 'hog', 'anon=64M', 'say=all done', 'stay')
      await until('it is dead', hasDied(name))
      const book = bookOf(name, { done: 'all done' })

      const waiting = await book.start()
      expect(waiting.states, waiting.told).toMatchObject({
        why: 'problem',
        state: 'ok',
        bill: 'ok',
        size: 'ok',
        plan: 'problem',
        raise: 'waits',
      })
      expect(waiting.code).toBe(4)
      expect([limitOf(name), inspect(name, '.State.Running')]).toEqual([32 * MIB, 'false'])

      const done = await book.approve(waiting)
      expect(done.states, done.told).toMatchObject({
        raise: 'ok',
        'raise-above': 'skipped',
        'win-time': 'skipped',
        holds: 'ok',
        through: 'ok',
      })
      expect([done.code, done.verdict]).toEqual([0, 'resolved'])
      expect(limitOf(name)).toBeGreaterThanOrEqual(128 * MIB)
    })

    // What podman does otherwise was seen by then.
    if (engine === 'podman') return

    it('takes a limit back that did not help: it is killed at the new one, too', async () => {
      // At 32 MiB it dies at once; with more it works for a while, and then it wants more than that, too.
      const name = start('never', 'hog', 'anon=64M', 'sleep=4000', 'anon=600M', 'stay')
      await until('it is dead', hasDied(name))
      const run = await bookOf(name, { hold: '10s' }).startApproved('--undo-on-failure')
      expect(run.states, run.told).toMatchObject({ raise: 'undone', holds: 'failed' })
      expect([run.code, run.verdict]).toEqual([1, 'undone'])
      expect(limitOf(name)).toBe(32 * MIB)
    })

    it('leaves one alone whose limit is full of page cache', async () => {
      const read = 'dd if=/dev/zero of=/file bs=1M count=64 && cat /file > /dev/null && echo read'
      const name = start('cache', 'sh', '-c', `${read} && sleep 3600`)
      await until('it has read', () => cli.cli('logs', name).includes('read'))
      const before = cli.cli('inspect', name)
      const run = await bookOf(name).startApproved()
      expect([run.code, run.verdict], run.told).toEqual([0, 'well'])
      expect(run.states).toMatchObject({ why: 'ok', size: 'ok', plan: 'ok', raise: 'skipped' })
      expect(JSON.parse(cli.cli('inspect', name))).toEqual(JSON.parse(before))
    })
  })
}
