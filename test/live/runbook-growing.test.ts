/** The runbooks of what grows, on real containers: a worker that leaks, and sessions that are kept. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { nodeImage, pythonImage } from '../support/images.ts'
import type { ImageRecipe } from '../support/images.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

/** Each waits for what grows: all at once, and on a busy machine for longer. */
const TOGETHER = { concurrent: true, timeout: 300_000 }
const PROGRAMS = join(import.meta.dirname, '../support/growing')

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler', 'python'))(
  'runbooks of what grows',
  () => {
    const data = mkdtempSync(join(tmpdir(), 'stella-test-runbook-growing-'))
    const prefix = `stella-test-${process.pid}-grows`
    let docker: TestDocker

    beforeAll(async () => {
      docker = await testDocker()
    })
    afterAll(() => {
      // With those that a change has kept for its undo.
      const { stdout } = docker.tryCli('ps', '--all', '--quiet', `--filter=name=${prefix}`)
      const ids = stdout.split('\n').filter((line) => line !== '')
      if (ids.length > 0) docker.tryCli('rm', '--force', ...ids)
      rmSync(data, { recursive: true, force: true })
    })

    async function start(
      label: string,
      recipe: ImageRecipe,
      options: readonly string[],
      command: readonly string[],
    ): Promise<string> {
      const name = `${prefix}-${label}`
      const image = await docker.image(recipe)
      const common = ['--detach', '--network=none', `--volume=${PROGRAMS}:/programs:ro`]
      docker.cli('run', ...common, `--name=${name}`, ...options, image, ...command)
      await until('it is ready', () => docker.cli('logs', name).includes('ready'))
      return name
    }

    const inspect = (name: string, what: string): string =>
      docker.cli('inspect', `--format={{${what}}}`, name).trim()
    const bookOf = (id: string, params: Readonly<Record<string, string>>): Book =>
      book(id, params, { ...docker.env, STELLA_DATA: data })

    describe('worker-leak', TOGETHER, () => {
      const workers = (label: string, ...words: readonly string[]): Promise<string> => {
        const limits = ['--memory=512m', '--memory-swap=512m']
        return start(label, pythonImage(), limits, ['python3', '/programs/workers.py', ...words])
      }
      const leakBook = (container: string): Book =>
        bookOf('worker-leak', { container, watch: '30s', hold: '20s' })
      /** PIDs that the leaking one has had, as the container counts. */
      const leaking = (name: string): number[] =>
        docker.cli('logs', name).match(/^\d+$/gm)?.map(Number) ?? []

      it('finds the one that grows, waits, renews it when told to, and sees its memory come back', async ({
        expect,
      }) => {
        const name = await workers('one', '4', '2', '2')
        const book = leakBook(name)
        const waiting = await book.start()
        expect(waiting.states, waiting.told).toMatchObject({ grows: 'problem', renew: 'waits' })
        expect(waiting.code).toBe(4)
        expect(leaking(name)).toHaveLength(1)

        const done = await book.approve(waiting)
        expect(done.states, done.told).toMatchObject({
          renew: 'ok',
          'renew-all': 'skipped',
          gone: 'ok',
          less: 'ok',
          holds: 'ok',
        })
        expect([done.code, done.verdict]).toEqual([0, 'resolved'])
        expect(leaking(name)).toHaveLength(2)
      })

      it('does not call it resolved where the next one leaks as well', async ({ expect }) => {
        const name = await workers('always', '4', '2', '2', 'always')
        const run = await leakBook(name).startApproved('--undo-on-failure')
        expect(run.states, run.told).toMatchObject({
          grows: 'problem',
          gone: 'ok',
          holds: 'failed',
        })
        expect([run.code, run.verdict]).toEqual([1, 'undone'])
      })

      it('leaves workers alone of which none grows', async ({ expect }) => {
        const name = await workers('none', '4', '-1', '2')
        const run = await leakBook(name).startApproved()
        expect([run.code, run.verdict], run.told).toEqual([0, 'well'])
        expect(run.states).toMatchObject({ grows: 'ok', renew: 'skipped' })
        expect(inspect(name, '.State.Running')).toBe('true')
      })
    })

    describe('node-sessions', TOGETHER, () => {
      const service = (label: string, ...options: readonly string[]): Promise<string> => {
        const limits = ['--memory=128m', '--memory-swap=128m', ...options]
        // 8 MiB a second: some ten seconds from its start to its end.
        return start(label, nodeImage(), limits, ['node', '/programs/sessions.js', '128', '64'])
      }
      const sessionBook = (container: string, variable = 'none'): Book =>
        bookOf('node-sessions', { container, variable, watch: '5s', hold: '20s' })
      const hasDied = (name: string) => (): boolean => inspect(name, '.State.ExitCode') === '137'

      it('finds it killed, waits, bounds the sessions when told to, and sees it live on', async ({
        expect,
      }) => {
        const name = await service('kept')
        await until('it is dead', hasDied(name), 90_000)
        const book = sessionBook(name, 'SESSIONS_MAX=100')
        const waiting = await book.start()
        expect(waiting.states, waiting.told).toMatchObject({ why: 'problem', bound: 'waits' })
        expect(inspect(name, '.State.ExitCode')).toBe('137')

        const done = await book.approve(waiting)
        expect(done.states, done.told).toMatchObject({
          bound: 'ok',
          raise: 'skipped',
          holds: 'ok',
        })
        expect([done.code, done.verdict]).toEqual([0, 'resolved'])
        expect(inspect(name, '.Config.Env')).toContain('SESSIONS_MAX=100')
        expect(inspect(name, '.HostConfig.Memory')).toBe(String(128 * 1024 * 1024))
      })

      it('takes a bound back that is none, and brings the very container back', async ({
        expect,
      }) => {
        const name = await service('unbounded')
        await until('it is dead', hasDied(name), 90_000)
        const id = inspect(name, '.Id')
        const book = sessionBook(name, 'SESSIONS_MAX=100000')
        const run = await book.startApproved('--undo-on-failure')
        expect(run.states, run.told).toMatchObject({ bound: 'undone', holds: 'failed' })
        expect([run.code, run.verdict]).toEqual([1, 'undone'])
        expect([inspect(name, '.Id'), inspect(name, '.Config.Env')]).toEqual([
          id,
          expect.not.stringContaining('SESSIONS_MAX'),
        ])
      })

      it('leaves a service alone whose sessions are bounded', async ({ expect }) => {
        const name = await service('bounded', '--env=SESSIONS_MAX=100')
        const run = await sessionBook(name, 'SESSIONS_MAX=100').startApproved()
        expect([run.code, run.verdict], run.told).toEqual([0, 'well'])
        expect(run.states).toMatchObject({ bound: 'skipped' })
      })
    })
  },
)
