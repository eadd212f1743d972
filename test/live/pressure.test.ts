import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { PressureRecord } from '../../src/pressure/journal.ts'
import { planExperiment } from '../../src/pressure/plan.ts'
import type { Wish } from '../../src/pressure/plan.ts'
import { pressureStore } from '../../src/pressure/records.ts'
import { runExperiment } from '../../src/pressure/run.ts'
import type { PressureDesk } from '../../src/pressure/desk.ts'
import { seeSubject } from '../../src/pressure/subject.ts'
import { recoverAll } from '../../src/pressure/take-back.ts'
import { planTightening } from '../../src/pressure/tighten/plan.ts'
import { tighten } from '../../src/pressure/tighten/tighten.ts'
import { readHostNow } from '../../src/sources/host/live.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup, type TestGroup } from '../support/cgroups.ts'
import { testDocker, type TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman, type TestPodman } from '../support/podman.ts'
import { wish } from '../support/pressed.ts'
import { startStella } from '../support/stella-process.ts'
import { until } from '../support/testbed.ts'

const LIMIT = 96 * MIB
const TAKEN = 48 * MIB
const SHORT = { rampMs: 300, holdMs: 700 }
const LONG = { rampMs: 300, holdMs: 60_000 }

describe.skipIf(requireParts('root', 'cgroup-v1', 'compiler'))('pressure on a real group', () => {
  let program = ''
  let group: TestGroup
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-pressure-'))
  const reader = hostReader()

  beforeAll(async () => {
    program = await hog()
  })
  beforeEach(() => {
    group = createGroup('pressure', LIMIT)
  })
  afterEach(() => group.remove())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function experiment(
    asked: Partial<Wish>,
    more: Partial<PressureDesk> = {},
  ): Promise<PressureRecord> {
    const target = { kind: 'cgroup', path: group.path } as const
    const subject = await seeSubject(`cgroup:${group.path}`, target, reader)
    const plan = planExperiment(subject, wish({ phases: SHORT, ...asked }))
    return runExperiment(plan, desk(more))
  }
  const desk = (more: Partial<PressureDesk> = {}): PressureDesk => ({
    reader,
    dataFolder: folder,
    lockFolder: join(folder, 'lock'),
    signal: new AbortController().signal,
    onSays: () => undefined,
    ...more,
  })
  const memory = (bytes = TAKEN, kind: 'anonymous' | 'page-cache' | 'tmpfs' = 'anonymous') => ({
    pressure: {
      kind: 'memory' as const,
      memory: kind,
      amount: { bytes },
      placement: null,
    },
  })
  const limit = (bytes: number) => ({
    pressure: { kind: 'limit' as const, amount: { bytes } },
  })

  /** A victim that has its memory. */
  async function victim(...words: string[]): Promise<void> {
    group.start([program, 'anon=12M', ...words, 'stay'])
    await until('the victim has its memory', () => usage() > 12 * MIB)
  }
  const usage = (): number => Number(group.read('memory.usage_in_bytes'))
  const limitNow = (): number => Number(group.read('memory.limit_in_bytes'))
  const inside = (): string[] =>
    readdirSync(group.folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )

  function expectAsBefore(): void {
    expect(inside()).toEqual([])
    expect(limitNow()).toBe(LIMIT)
    expect(usage()).toBeLessThan(24 * MIB)
  }

  it.each(['anonymous', 'tmpfs', 'page-cache'] as const)(
    '%s is taken in it, held and given back, and was written down before',
    async (kind) => {
      await victim()
      const written: (PressureRecord | undefined)[] = []
      let most = 0
      const { left, journal } = await experiment(memory(TAKEN, kind), {
        onSays: () => {
          written.push(pressureStore(folder).list()[0])
          most = Math.max(most, usage())
        },
      })
      expect(journal).toMatchObject({ status: 'completed', deviated: false })
      expect(journal.steady_states).toMatchObject({
        before: { steady_state_met: true },
        after: { steady_state_met: true },
      })
      expect(journal.run[0]?.output).toMatchObject({ heldBytes: TAKEN })
      // The journal was there, and not over, when the first page was taken.
      expect(written[0]).toMatchObject({ left: true, journal: { status: null } })
      expect(most).toBeGreaterThan(12 * MIB + TAKEN * 0.9)
      expect(left).toBe(false)
      expectAsBefore()
    },
  )

  it('whoever takes more under a lower limit is killed: that deviates, and the limit is back', async () => {
    const flag = join(folder, 'grow')
    group.start([
      'sh',
      '-c',
      `while [ ! -e ${flag} ]; do sleep 0.1; done; exec "$0" anon=40M stay`,
      program,
    ])
    await until('somebody lives in it', () => group.read('cgroup.procs') !== '')
    const { left, journal } = await experiment(
      { ...limit(24 * MIB), phases: { rampMs: 300, holdMs: 20_000 } },
      { onSays: (says) => says.includes('24 MiB') && writeFileSync(flag, '') },
    )
    expect(journal).toMatchObject({ status: 'failed', deviated: true })
    expect(journal.stella.why).toMatch(/killed in it|lives no more|killed for memory/)
    expect(left).toBe(false)
    expectAsBefore()
  })

  it.each([null, 'target'] as const)(
    'at the limit the kernel takes the allocator, and the workload lives (placement %s)',
    async (placement) => {
      await victim()
      const { pressure } = memory(LIMIT)
      const { journal } = await experiment({ pressure: { ...pressure, placement } })
      expect(journal).toMatchObject({
        status: 'aborted',
        deviated: false,
        stella: { why: expect.stringContaining('the kernel ended our allocator') },
        steady_states: { after: { steady_state_met: true } },
      })
      expect(usage()).toBeGreaterThan(12 * MIB)
      expectAsBefore()
    },
  )

  it('where the machine has less than its floor, all is given back within a second', async () => {
    await victim()
    let crossedAt: number | null = null
    let backAt: number | null = null
    const looking = setInterval(() => {
      if (crossedAt !== null && usage() < 24 * MIB) backAt ??= performance.now()
    }, 20)
    const { journal } = await experiment(
      { ...memory(), phases: LONG },
      {
        host: () => {
          const now = readHostNow(reader)
          if (usage() < TAKEN) return now
          crossedAt ??= performance.now()
          return { ...now, availableBytes: 0 }
        },
      },
    )
    clearInterval(looking)
    expect(journal).toMatchObject({
      status: 'aborted',
      stella: { why: expect.stringContaining('less than its floor') },
    })
    expect((backAt ?? Infinity) - (crossedAt ?? 0)).toBeLessThan(1_000)
    expectAsBefore()
  })

  it('a second experiment is refused while one runs, and a signal ends the first', async () => {
    await victim()
    const stop = new AbortController()
    const others: Promise<unknown>[] = []
    const { journal } = await experiment(
      { ...limit(48 * MIB), phases: LONG },
      {
        signal: stop.signal,
        onSays: (says) => {
          if (!says.includes('48 MiB')) return
          const second = experiment(memory(MIB)).catch((error: unknown) => error)
          others.push(second)
          void second.finally(() => stop.abort())
        },
      },
    )
    expect(await others[0]).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('experiment'),
    })
    expect(journal).toMatchObject({ status: 'interrupted', deviated: false })
    expectAsBefore()
  })

  it('tighten finds what a workload needs, though it dies of less on the way', async () => {
    group.start(['sh', '-c', 'while :; do "$0" anon=32M sleep=200; done', program])
    await until(
      'it has worked once',
      () => Number(group.read('memory.max_usage_in_bytes')) > 32 * MIB,
    )
    const target = { kind: 'cgroup', path: group.path } as const
    const see = () => seeSubject(`cgroup:${group.path}`, target, reader)
    const { pressure: _, ...usual } = wish({ phases: { rampMs: 100, holdMs: 900 } })
    const asked = { ...usual, precisionBytes: 8 * MIB }
    const plan = planTightening(await see(), asked)
    const { bracket, isFound, steps } = await tighten(
      { ...plan, bracket: { ...plan.bracket, failsBytes: 4 * MIB } },
      asked,
      {
        see,
        run: (step) => runExperiment(step, desk()),
        wait: (milliseconds) => pause(milliseconds),
        onStep: () => undefined,
        signal: new AbortController().signal,
      },
    )
    expect({ isFound, steps }).toMatchObject({ isFound: true })
    expect(bracket.passesBytes).toBeGreaterThan(32 * MIB)
    expect(bracket.passesBytes).toBeLessThan(44 * MIB)
    expect(steps.filter(({ outcome }) => outcome !== 'passed').length).toBeGreaterThan(0)
    expect(limitNow()).toBe(LIMIT)
  })

  it('one whose workload is not well to begin with is not begun', async () => {
    const { journal } = await experiment(memory())
    expect(journal).toMatchObject({ status: 'failed', deviated: false, run: [], rollbacks: [] })
    expectAsBefore()
  })

  it.each([
    ['memory', ['--size', '48Mi'], 'holding'],
    ['a limit', ['--limit', '48Mi'], 'its limit is 48 MiB'],
  ])('when stella is killed, %s is given back by itself', async (_what, words, ready) => {
    await victim()
    const args = ['--ramp', '1s', '--hold', '60s', '--data', folder, '--apply']
    const { child, said } = startStella(['pressure', `cgroup:${group.path}`, ...words, ...args])
    try {
      await said(ready)
      await until('it is under pressure', () => usage() > 40 * MIB || limitNow() < LIMIT)
    } finally {
      child.kill('SIGKILL')
    }
    await until(
      'all is as before',
      () => usage() < 24 * MIB && limitNow() === LIMIT && inside().length === 0,
      5_000,
    )
    await until('its journal is closed', () => pressureStore(folder).list()[0]?.left === false)
    expect(pressureStore(folder).list()[0]?.journal).toMatchObject({
      status: 'interrupted',
      stella: { why: expect.stringContaining('was ended') },
    })
  })

  it('when stella is stopped and watches no more, its keeper takes it back', async () => {
    await victim()
    const args = ['--size', '48Mi', '--ramp', '1s', '--hold', '60s', '--data', folder, '--apply']
    const { child, said } = startStella(['pressure', `cgroup:${group.path}`, ...args])
    try {
      await said('holding')
      child.kill('SIGSTOP')
      await until('all is as before', () => usage() < 24 * MIB && inside().length === 0)
      await until('its journal is closed', () => pressureStore(folder).list()[0]?.left === false)
    } finally {
      child.kill('SIGKILL')
    }
    expect(pressureStore(folder).list()[0]?.journal.stella.why).toContain('was silent')
  })

  it('when its keeper is killed as well, whoever comes next takes it back', async () => {
    await victim()
    const args = ['--limit', '48Mi', '--ramp', '1s', '--hold', '60s', '--data', folder, '--apply']
    const { child, said } = startStella(['pressure', `cgroup:${group.path}`, ...args])
    await said('its limit is 48 MiB')
    for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL')
    child.kill('SIGKILL')
    await until('it is dead', () => child.exitCode !== null || child.signalCode !== null)
    const lockFolder = join(folder, 'lock')
    await recoverAll(pressureStore(folder), reader, { lockFolder, only: null })
    expectAsBefore()
  })
})

const ENGINES = [
  { engine: 'docker', started: testDocker },
  { engine: 'podman', started: async () => testPodman() },
] as const

for (const { engine, started } of ENGINES)
  describe.skipIf(requireParts('root', 'cgroup-v1', engine, 'compiler'))(
    `pressure on a container of ${engine}`,
    () => {
      const name = `stella-test-${process.pid}-pressure`
      const folder = mkdtempSync(join(tmpdir(), 'stella-test-pressure-'))
      let used: TestDocker | TestPodman

      beforeAll(async () => {
        used = await started()
        const limits = [`--memory=${LIMIT}`, `--memory-swap=${LIMIT}`, '--network=none']
        const workload = [await used.image(), 'hog', 'anon=12M', 'stay']
        used.cli('run', '--detach', `--name=${name}`, ...limits, ...workload)
      })
      afterAll(() => {
        used.tryCli('rm', '--force', name)
        rmSync(folder, { recursive: true, force: true })
      })

      it.each([
        ['a lower limit', { kind: 'limit', amount: { bytes: 48 * MIB } }, 48 * MIB],
        [
          'memory beside it',
          { kind: 'memory', memory: 'anonymous', amount: { bytes: TAKEN }, placement: null },
          LIMIT,
        ],
      ] as const)(
        '%s: it holds meanwhile, and all is as before',
        async (_what, pressure, under) => {
          const reader = hostReader({ env: { ...process.env, ...used.env } })
          const target = { kind: 'container', engine, name } as const
          const subject = await seeSubject(`${engine}:${name}`, target, reader)
          const limits = new Set<number>()
          const limitNow = (): number =>
            Number(readFileSync(join(subject.folder, 'memory.limit_in_bytes'), 'utf8'))
          const limitOfEngine = (): number =>
            Number(used.cli('inspect', '--format={{.HostConfig.Memory}}', name))
          const { left, journal } = await runExperiment(
            planExperiment(subject, wish({ pressure, phases: SHORT })),
            {
              reader,
              dataFolder: folder,
              lockFolder: join(folder, 'lock'),
              signal: new AbortController().signal,
              onSays: () => limits.add(limitNow()),
            },
          )
          expect({ left, why: journal.stella.why }).toEqual({ left: false, why: null })
          expect(journal).toMatchObject({ status: 'completed', deviated: false })
          expect(limits).toContain(under)
          expect([limitNow(), limitOfEngine()]).toEqual([LIMIT, LIMIT])
        },
      )
    },
  )

/** Only who was started by this very process. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number)
}
