import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { NOW, stella } from '../../../../test/support/command-line.ts'
import { startScanner, testWorker } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'
import { GIB } from '../../../model/bytes.ts'

let scanner: TestScanner
let url = ''
beforeAll(async () => {
  scanner = await startScanner()
  url = await scanner.serve()
}, 60_000)
afterAll(() => scanner.end())

const JOB = '3f2a9c01-0000-4000-8000-000000000000'
const KILLED = {
  at: NOW - 60_000,
  exitCode: 137,
  signal: 'SIGKILL',
  by: 'kernel',
  says: 'out of memory: the kernel killed the worker at its limit of 4 GiB',
} as const
beforeEach(() =>
  scanner.store.pools.tell('one', [
    testWorker({ state: 'busy', job: JOB, usageBytes: 3 * GIB, lastEnd: KILLED }),
    testWorker({ name: 'large-1', pool: 'large', enforcedBy: null, usageBytes: null, pid: null }),
  ]),
)

function scanning(...args: readonly string[]) {
  return stella(['scanner', ...args, '--server', url])
}

/** One that goes on, and what it has printed up to now. */
function following(...args: readonly string[]) {
  let printed = ''
  const told = (out: string): void => void (printed = out)
  return {
    ended: stella(['scanner', ...args, '--server', url], { told }),
    until: (count: number) =>
      vi.waitUntil(() => printed.split('\n').length > count, { timeout: 20_000, interval: 20 }),
  }
}

function lines(text: string): string[] {
  return text.trimEnd().split('\n')
}

describe('status', () => {
  it('is one word, with the reason', async () => {
    const { code, out } = await scanning('status')
    expect([code, lines(out)[0]]).toEqual([0, 'ready'])
    expect(out).toContain('Workers  2 in all, 1 busy, 1 idle')
    expect(out).toMatch(/^Kept {5}0 jobs that ended, 0 SBOMs with 0 B, the log$/m)
    await scanner.store.pools.tell('one', [])
    expect((await scanning('status')).out).toMatch(/^stopped\n {2}no workers run: .*\n/)
    expect((await scanning('status', '--quiet')).out).toBe('stopped\n')
    expect(JSON.parse((await scanning('status', '--json')).out)).toMatchObject({
      schema: 'stella.scanner-status/1',
      state: 'stopped',
      jobs: { queued: 0 },
    })
  })

  it('judges the line of each pool', async () => {
    const request = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
    const depths = async (): Promise<unknown> =>
      JSON.parse((await scanning('queue', 'status', '--json')).out)
    const add = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at++) await scanner.desk.submit({ ...request, image: 'a' }, 'x')
    }
    await add(49)
    expect(await depths()).toMatchObject({ schema: 'stella.scanner-queue/1', state: 'ok' })
    await add(1)
    expect(await depths()).toMatchObject({ depth: 50, state: 'high' })
    await add(51)
    expect(await depths()).toMatchObject({
      depth: 101,
      state: 'problem',
      queues: expect.arrayContaining([expect.objectContaining({ pool: 'default', depth: 101 })]),
    })
    const { code, out } = await scanning('queue', 'status')
    expect(code).toBe(0)
    expect(out).toMatch(
      /^101 jobs wait; below 50 in a pool is expected, above 100 is a problem\.\n/,
    )
    expect(out).toMatch(/^default +101 +1 +problem/m)
  })
})

describe('workers', () => {
  it('are listed with what keeps their limit', async () => {
    const { code, out } = await scanning('workers', 'list')
    expect(code).toBe(0)
    expect(out).toMatch(/^default-1 +default +one +busy +3f2a9c01 +4 GiB +cgroup v2 +1$/m)
    expect(out).toMatch(/^large-1 +large +one +idle +- +4 GiB +nothing +1$/m)
    expect(JSON.parse((await scanning('workers', 'list', '--json')).out)).toMatchObject({
      schema: 'stella.scanner-workers/1',
      workers: [
        { name: 'default-1', limitBytes: 4 * GIB, seenAt: new Date(NOW).toISOString() },
        {},
      ],
      pools: [{ name: 'default', count: 1 }],
    })
  })

  it('are inspected, with the meaning of exit codes', async () => {
    await scanner.store.pools.restarted('default', 'oom')
    await scanner.store.pools.restarted('large', 'manual')
    const { out } = await scanning('workers', 'inspect')
    expect(out).toMatch(/^default-1 of default$/m)
    expect(out).toContain(`stella scanner jobs show ${JOB}`)
    expect(out).toContain('3 GiB of 4 GiB, 75%; 2 GiB at most')
    expect(out).toMatch(
      /^ {2}Last end {2}exit_code: 137, by the kernel, .*: out of memory: .* 4 GiB$/m,
    )
    expect(out).toMatch(/^ {2}Last end {2}none since it was set up$/m)
    const all = JSON.parse((await scanning('workers', 'inspect', '--json')).out)
    expect(all.workers).toMatchObject([
      { lastEnd: { ...KILLED, at: new Date(KILLED.at).toISOString() } },
      { lastEnd: null },
    ])
    expect(out).toMatch(/^default +oom +1 +137 +killed at its memory limit, by SIGKILL$/m)
    const one = JSON.parse((await scanning('workers', 'inspect', 'large-1', '--json')).out)
    expect(one).toMatchObject({
      schema: 'stella.scanner-inspection/1',
      workers: [{ name: 'large-1', state: 'idle', means: 'it waits for a job' }],
      restarts: [{ pool: 'large', reason: 'manual', exitCode: 137 }],
    })
    const { code, err } = await scanning('workers', 'inspect', 'nobody')
    expect([code, err]).toEqual([3, expect.stringContaining('there is no worker nobody')])
  })

  it('are added, removed and started again', async () => {
    const add = await scanning('workers', 'add', '--pool', 'tiny', '--memory', '256Mi')
    expect([add.code, add.out]).toEqual([0, 'tiny has 1 worker now, with 256 MiB each.\n'])
    const more = await scanning('workers', 'add', '--pool', 'tiny', '--count', '3', '--json')
    expect(JSON.parse(more.out)).toMatchObject({
      schema: 'stella.scanner-pool/1',
      pool: { name: 'tiny', count: 4, memory: '256Mi' },
    })
    const set = await scanning('workers', 'set', '--pool', 'tiny', '--memory', '512Mi')
    expect([set.code, set.out]).toEqual([
      0,
      [
        'tiny has 4 workers now, with 512 MiB each.',
        'workers that run keep 256 MiB until: stella scanner workers restart --pool tiny',
        '',
      ].join('\n'),
    ])
    await scanning('workers', 'set', '--pool', 'tiny', '--memory', '256Mi', '--count', '4')
    const fewer = await scanning('workers', 'remove', '--pool', 'tiny', '--count', '1')
    expect(fewer.out).toBe('tiny has 3 workers now, with 256 MiB each.\n')
    const none = await scanning('workers', 'remove', '--pool', 'tiny')
    expect(none.out).toBe('tiny has no workers now: its jobs wait\n')
    const all = await scanning('workers', 'restart')
    expect([all.code, all.out]).toEqual([
      0,
      'The workers of default, tiny start again; a job that runs has 30s to end first.\n',
    ])
    const one = await scanning('workers', 'restart', '--pool', 'tiny', '--timeout', '10m', '--json')
    expect(JSON.parse(one.out)).toMatchObject({
      schema: 'stella.scanner-pools/1',
      pools: [{ name: 'tiny', generation: 2, drainMs: 600_000 }],
    })
  })

  it('are not taken from jobs that wait, but with force', async () => {
    const request = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
    await scanner.desk.submit({ ...request, image: 'waits:1' }, 'x')
    const { code, err } = await scanning('workers', 'remove', '--pool', 'default')
    expect([code, err]).toEqual([2, expect.stringContaining('--force')])
    expect((await scanning('workers', 'remove', '--pool', 'default', '--force')).code).toBe(0)
  })

  it.each([
    [['add', '--memory', '1Gi'], '--pool: has to be given, with a value'],
    [['add', '--pool', 'Large Images'], 'as in large-images'],
    [['add', '--pool', 'a', '--memory', '16g'], 'write 16Gi (binary) or 16G (decimal)'],
    [['add', '--pool', 'a', '--memory', '1Ti'], 'the host has 64 GiB'],
    [['add', '--pool', 'a', '--count', '65'], 'stay at 64 or below'],
    [['set', '--pool', 'nobody', '--count', '1'], 'stella scanner workers list'],
    [['set', '--pool', 'default'], 'give --memory SIZE, --count N, or both'],
    [['set', '--pool', 'default', '--memory', '64Mi'], 'give 96 MiB at least'],
    [['set', '--pool', 'default', '--count', '-1'], 'give 0 or more'],
    [['remove', '--pool', 'nobody'], 'stella scanner workers list'],
    [['restart', '--pool', 'nobody'], 'stella scanner workers list'],
    [['restart', '--timeout', '2d'], 'use 1s up to 24h'],
    [['stats', '--interval', '2h'], 'use 1s up to 1h'],
  ])('refuse %j', async (args, says) => {
    const { code, out, err } = await scanning('workers', ...args)
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(says)])
  })
})

describe('stats', () => {
  it('show usage, limit and percent', async () => {
    const { code, out } = await scanning('workers', 'stats')
    expect(code).toBe(0)
    expect(lines(out)[0]).toMatch(/^WORKER +HOST +USAGE +LIMIT +% +PEAK +JOB +RESTARTS$/)
    expect(lines(out)[1]).toMatch(/^default-1 +one +3 GiB +4 GiB +75% +2 GiB +3f2a9c01 +1$/)
    expect(lines(out)[2]).toMatch(/^large-1 +one +- +4 GiB +- +2 GiB +- +1$/)
    expect(JSON.parse((await scanning('workers', 'stats', '--json')).out)).toMatchObject({
      schema: 'stella.scanner-stats/1',
      workers: [{ name: 'default-1', percent: 75 }, { percent: null }],
    })
  })

  it('go on until they are interrupted, and that is no failure', async () => {
    const listeners = process.listenerCount('SIGINT')
    const watching = following('workers', 'stats', '--watch', '--interval', '1s', '--json')
    await watching.until(2)
    process.emit('SIGINT')
    const { code, out } = await watching.ended
    expect(code).toBe(0)
    expect(new Set(lines(out).map((line) => JSON.parse(line).schema))).toEqual(
      new Set(['stella.scanner-stats/1']),
    )
    expect(process.listenerCount('SIGINT')).toBe(listeners)
  })
})

describe('logs', () => {
  it('show the newest lines that fit, oldest first', async () => {
    const about = { pool: 'default', worker: 'default-1', job: null }
    await scanner.store.logs.write([
      { ...about, at: NOW - 7_200_000, level: 'error', says: 'Out of memory: long ago' },
      { ...about, at: NOW - 60_000, level: 'debug', says: 'SBOM is written' },
      { ...about, at: NOW, level: 'error', says: 'out of memory at 4 GiB\u001b[2J' },
    ])
    const { code, out } = await scanning('logs')
    expect([code, lines(out)]).toEqual([0, expect.objectContaining({ length: 3 })])
    const found = await scanning('logs', '--filter', 'out of memory', '--last', '1h')
    expect(found.out).toMatch(
      /^2026-05-01 .* {2}error {2}default-1: out of memory at 4 GiB\\x1b\[2J\n$/,
    )
    expect(lines((await scanning('logs', '--tail', '100', '--level', 'error')).out)).toHaveLength(2)
    const sbom = await scanning('logs', '--filter', 'sbom', '--level', 'debug', '--last', '30m')
    expect(sbom.out).toContain('SBOM is written')
    expect((await scanning('logs', '--tail', '1', '--quiet')).out).toContain('4 GiB')
    expect(JSON.parse((await scanning('logs', '--tail', '1', '--json')).out)).toMatchObject({
      schema: 'stella.scanner-logs/1',
      lines: [{ at: '2026-05-01T12:00:00.000Z', level: 'error', worker: 'default-1' }],
    })
    expect((await scanning('logs', '--filter', 'nothing')).out).toBe('The log has no such lines.\n')
  })

  it('tell of one job', async () => {
    const request = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
    const { id: job } = await scanner.desk.submit({ ...request, image: 'told:1' }, 'x')
    const line = { at: NOW, level: 'info', pool: null, worker: null, job, says: 'begins' } as const
    await scanner.store.logs.write([line])
    const { out } = await scanning('logs', '--job', job.slice(0, 8))
    expect(out).toContain(`info   ${job.slice(0, 8)}: begins`)
    expect((await scanning('logs', '--job', 'ffffffff')).code).toBe(3)
    expect((await scanning('logs', '--level', 'loud')).code).toBe(2)
  })

  it('go on with what is new, each line once', async () => {
    const asText = following('logs', '--follow', '--tail', '1', '--quiet')
    const asDocuments = following('logs', '--follow', '--tail', '1', '--json')
    const until = (count: number) => Promise.all([asText.until(count), asDocuments.until(count)])
    await until(1)
    const line = { at: NOW, level: 'info', pool: null, worker: null, job: null } as const
    await scanner.store.logs.write([{ ...line, says: 'new one' }])
    await until(2)
    await scanner.store.logs.write([{ ...line, says: 'new two' }])
    await until(3)
    process.emit('SIGINT')
    const { code, out } = await asText.ended
    expect([code, lines(out).slice(1)]).toEqual([0, ['new one', 'new two']])
    const documents = lines((await asDocuments.ended).out).map((each) => JSON.parse(each))
    expect(documents.slice(1)).toMatchObject([
      { schema: 'stella.scanner-log-line/1', says: 'new one' },
      { schema: 'stella.scanner-log-line/1', says: 'new two' },
    ])
  })
})
