import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Sample } from '../../model/series.ts'
import type { Judgement } from '../lab.ts'
import type { Baseline, LabState } from '../state.ts'
import type { LabView, ProcessSeen, Seen } from '../view.ts'
import { NOT_THERE } from '../view.ts'
import { CHECK_TYPES } from './index.ts'

const PROGRAM = ['/node', '/workload.js', 'lab=a', 'batches=100,1,10']
const MAIN: ProcessSeen = {
  pid: 100,
  startTicks: 5_000,
  name: 'web',
  argv: PROGRAM,
  anonBytes: 110 * MIB,
  oomScoreAdj: 0,
  isStopped: false,
}
const WELL: Seen = {
  ...NOT_THERE,
  status: 'running',
  main: MAIN,
  processes: [MAIN],
  limitBytes: 256 * MIB,
  anonBytes: 110 * MIB,
  kills: 0,
  progress: { done: 100, of: 100, beats: 4 },
}
const LATER: Seen = { ...WELL, progress: { done: 100, of: 100, beats: 9 } }
const DEAD: Seen = { ...NOT_THERE, status: 'ended', exitCode: 137 }
const THEN: Baseline = {
  pid: 100,
  startTicks: 5_000,
  limitBytes: 32 * MIB,
  usageBytes: 32 * MIB,
  anonBytes: 20 * MIB,
  kills: 2,
  exitCode: null,
  swapBytes: 64 * MIB,
  growth: { bytesPerSecond: 10 * MIB, lifeSeconds: 23 },
}

function judge(
  check: string,
  parameters: object,
  now: Seen,
  { before = now, opened = THEN, answers = {}, files = {}, course = [] }: Partial<World> = {},
): Judgement {
  const type = CHECK_TYPES.find(({ id }) => id === check)
  if (type === undefined) throw new Error(`no check ${check}`)
  const moment = (seen: Seen): LabView['after'] => ({
    workloads: new Map([['web', seen]]),
    files: new Map(Object.entries(files)),
  })
  const after = moment(now)
  return type.read(parameters).judge({
    state: { ...STATE, baseline: { web: opened }, answers },
    programs: new Map([['web', PROGRAM]]),
    originals: new Map([['app.yaml', 'name: web\nmemory: 1Mi\n']]),
    before: before === now ? after : moment(before),
    after,
    courses: new Map([['web', course]]),
  })
}

interface World {
  before: Seen
  opened: Baseline
  answers: Record<string, string>
  files: Record<string, string | null>
  course: readonly Sample[]
}

const STATE: LabState = {
  schema: 'stella.lab-state/1',
  id: 'a',
  backend: 'cgroup',
  phase: 'open',
  startedAt: 0,
  endsAt: 0,
  fault: 'killed',
  baseline: {},
  answers: {},
  hints: [],
  attempts: 0,
  solvedAt: null,
}

test('every kind of check is in the list', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.ts') && !/^(?:index|check-type|checks\.test)\./.test(name),
  )
  const ids = CHECK_TYPES.map(({ id }) => `${id}.ts`)
  expect(files.filter((name) => !ids.includes(name))).toEqual([])
})

describe('limit', () => {
  const bounds = { workload: 'web', atLeast: '256Mi', atMost: '1Gi' }

  test('holds exactly within its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 41 }), (limitBytes) => {
        const within = limitBytes >= 256 * MIB && limitBytes <= 1024 * MIB
        expect(judge('limit', bounds, { ...WELL, limitBytes }).ok).toBe(within)
      }),
    )
  })

  test('no limit is none, and a group that is gone has none', () => {
    const unlimited = { ...WELL, limitBytes: null, isUnlimited: true }
    expect(judge('limit', bounds, unlimited)).toMatchObject({ ok: false, how: 'removed' })
    expect(judge('limit', bounds, NOT_THERE)).toMatchObject({ ok: false, how: 'gone' })
  })
})

describe('steady', () => {
  const same = { workload: 'web' }

  test.each<[string, Seen, string]>([
    ['another process', { ...LATER, main: { ...MAIN, pid: 101 } }, 'replaced'],
    [
      'the same number, started later',
      { ...LATER, main: { ...MAIN, startTicks: 9_000 } },
      'replaced',
    ],
    ['a restart', { ...LATER, restarts: 1 }, 'replaced'],
    ['a kill of somebody else in its group', { ...LATER, kills: 1 }, 'killed'],
    ['its end', DEAD, 'ended'],
  ])('%s is seen', (_, now, how) => {
    expect(judge('steady', same, now, { before: WELL })).toMatchObject({ ok: false, how })
  })

  test('kills of before are forgiven only where the lab says so', () => {
    const hurt = { ...WELL, kills: 3 }
    expect(judge('steady', same, hurt, { before: hurt }).ok).toBe(true)
    expect(judge('steady', { ...same, kills: 'none' }, hurt).how).toBe('killed')
    expect(judge('steady', { ...same, kills: 'none' }, WELL).ok).toBe(true)
    expect(judge('steady', { ...same, kills: 'any' }, hurt, { before: WELL }).ok).toBe(true)
  })
})

describe('work', () => {
  const work = { workload: 'web', holds: '100Mi' }

  test('the program of the lab, done and going on, holds', () => {
    expect(judge('work', work, LATER, { before: WELL }).ok).toBe(true)
  })

  test.each<[string, Seen, string]>([
    ['another program', { ...LATER, main: { ...MAIN, argv: ['/bin/sleep', '600'] } }, 'another'],
    ['fewer batches', { ...LATER, main: { ...MAIN, argv: PROGRAM.slice(0, 3) } }, 'another'],
    ['not done yet', { ...LATER, progress: { done: 7, of: 100, beats: 9 } }, 'unfinished'],
    ['no further word', WELL, 'stands'],
    ['words without memory', { ...LATER, anonBytes: 9 * MIB }, 'empty'],
  ])('%s does not', (_, now, how) => {
    const before = { ...WELL }
    expect(judge('work', work, now, { before })).toMatchObject({ ok: false, how })
  })
})

describe('evidence', () => {
  const there = { workload: 'web' }

  test('a counter that began anew tells nothing any more', () => {
    expect(judge('evidence', there, { ...WELL, kills: 5 }).ok).toBe(true)
    expect(judge('evidence', there, { ...WELL, kills: 1 }).how).toBe('gone')
    expect(judge('evidence', there, NOT_THERE).how).toBe('gone')
  })

  test('what ended has to be there, and to have ended so', () => {
    const opened = { ...THEN, exitCode: 137 }
    expect(judge('evidence', there, DEAD, { opened }).ok).toBe(true)
    expect(judge('evidence', there, { ...DEAD, exitCode: 0 }, { opened }).ok).toBe(false)
    expect(judge('evidence', there, WELL, { opened }).ok).toBe(false)
  })
})

test('the same process is told from another one with its number', () => {
  const same = { workload: 'web' }
  expect(judge('same-process', same, WELL).ok).toBe(true)
  const reused = { ...WELL, main: { ...MAIN, startTicks: 6_000 } }
  expect(judge('same-process', same, reused).how).toBe('replaced')
  expect(judge('same-process', same, DEAD).how).toBe('ended')
})

describe('answer', () => {
  const limit = { question: 'q', right: { figure: 'limit', workload: 'web' } }
  const anon = { question: 'q', right: { figure: 'anonymous', workload: 'web', within: 0.1 } }
  const swap = { question: 'q', right: { figure: 'swap', workload: 'web' } }
  const usable = { question: 'q', right: { figure: 'usable-swap', workload: 'web' } }
  const kills = { question: 'q', right: { figure: 'kills', workload: 'web' } }
  const growth = { question: 'q', right: { figure: 'growth', workload: 'web', within: 0.2 } }
  const life = { question: 'q', right: { figure: 'life', workload: 'web', within: 0.2 } }

  test.each<[object, string, boolean]>([
    [limit, '32Mi', true],
    [limit, '33554432', true],
    [limit, '32M', false],
    [limit, '32m', false],
    [anon, '110Mi', true],
    [anon, '105Mi', true],
    [anon, '20Mi', true],
    [anon, '60Mi', false],
    [swap, '64Mi', true],
    [swap, '32Mi', false],
    [usable, '0', true],
    [usable, '64Mi', false],
    [kills, '2', true],
    [kills, '4', true],
    [kills, '5', false],
    [kills, '1', false],
    [kills, 'two', false],
    [growth, '10Mi', true],
    [growth, '9M', true],
    [growth, '600Mi', false],
    [life, '20', true],
    [life, '30', false],
    [{ question: 'q', right: { fault: true } }, 'killed', true],
    [{ question: 'q', right: { fault: true } }, 'kernel', false],
    [{ question: 'q', right: { bytes: '64Mi' } }, '64Mi', true],
    [{ question: 'q', right: { bytes: '64Mi' } }, '64M', false],
  ])('%j: %s', (parameters, q, ok) => {
    const now = { ...WELL, kills: 4, swapBytes: 32 * MIB, usableSwapBytes: 0 }
    const judged = judge('answer', parameters, now, { answers: { q } })
    expect(judged.ok).toBe(ok)
    expect(judge('answer', parameters, now)).toMatchObject({ ok: false, how: 'open' })
  })

  test('what is right is not told with what is wrong', () => {
    const judged = judge('answer', limit, WELL, { answers: { q: '1Gi' } })
    expect(JSON.stringify(judged)).not.toMatch(/32|33554432/)
  })
})

describe('setting and untouched', () => {
  const size = {
    file: 'app.yaml',
    at: ['memory'],
    dialect: 'kubernetes',
    atLeast: '256Mi',
    atMost: '256Mi',
  }
  const rest = { file: 'app.yaml', but: [['memory']] }

  test.each<[string | null, string, boolean]>([
    ['name: web\nmemory: 256Mi\n', '', true],
    ['name: web\nmemory: 256M\n', 'too-low', true],
    ['name: web\nmemory: 256m\n', 'too-low', true],
    ['name: web\nmemory: 1Ti\n', 'too-high', true],
    ['name: web\n', 'removed', true],
    ['name: api\nmemory: 256Mi\n', '', false],
    ['name: [\n', 'unreadable', false],
    [null, 'gone', false],
  ])('%j', (text, how, isUntouched) => {
    const files = { 'app.yaml': text }
    expect(judge('setting', size, NOT_THERE, { files }).how).toBe(how)
    expect(judge('untouched', rest, NOT_THERE, { files }).ok).toBe(isUntouched)
  })
})

test('a child that is gone, small or stopped is none', () => {
  const needs = { workload: 'web', child: 'worker', holds: '100Mi' }
  const worker = { ...MAIN, pid: 102, name: 'worker' }
  const withWorker = (change: Partial<ProcessSeen>): Seen => ({
    ...WELL,
    processes: [MAIN, { ...worker, ...change }],
  })
  expect(judge('child', needs, withWorker({})).ok).toBe(true)
  expect(judge('child', needs, withWorker({ anonBytes: MIB })).how).toBe('small')
  expect(judge('child', needs, withWorker({ isStopped: true })).how).toBe('stopped')
  expect(judge('child', needs, WELL).how).toBe('gone')
})

test('that another one is chosen counts only where the kernel chose, and could have chosen the main one', () => {
  const other = { workload: 'web', victim: 'report' }
  const hurt = { ...LATER, kills: 3 }
  expect(judge('victim', other, hurt, { before: { ...WELL, kills: 2 } }).ok).toBe(true)
  expect(judge('victim', other, hurt, { before: { ...WELL, kills: 3 } }).how).toBe('none')
  const unkillable = { ...hurt, main: { ...MAIN, oomScoreAdj: -1000 } }
  expect(judge('victim', other, unkillable).how).toBe('unkillable')
  expect(judge('victim', other, DEAD).how).toBe('ended')
})

test('a tmpfs without a size, or one above what is right, is seen', () => {
  const size = { workload: 'web', atLeast: '16Mi', atMost: '48Mi' }
  expect(judge('tmpfs', size, { ...WELL, tmpfsCapBytes: 32 * MIB }).ok).toBe(true)
  expect(judge('tmpfs', size, { ...WELL, tmpfsCapBytes: 64 * MIB }).how).toBe('too-large')
  expect(judge('tmpfs', size, { ...WELL, tmpfsCapBytes: MIB }).how).toBe('too-small')
  expect(judge('tmpfs', size, WELL).how).toBe('none')
})

test('what is set aside is told from nothing, from less and from more', () => {
  const bounds = { workload: 'web', atLeast: '48Mi', atMost: '48Mi' }
  const having = (reservationBytes: number | null): Judgement =>
    judge('reservation', bounds, { ...WELL, reservationBytes })
  expect(having(48 * MIB).ok).toBe(true)
  expect(having(32 * MIB).how).toBe('too-small')
  expect(having(64 * MIB).how).toBe('too-large')
  expect(having(0).how).toBe('none')
  expect(having(null).how).toBe('none')
  expect(judge('reservation', bounds, DEAD).how).toBe('ended')
})

test('a sum holds up to its bound, counts what is there twice, and has no bound where one has none', () => {
  const bounds = {
    file: 'app.yaml',
    under: ['services'],
    at: ['mem_limit'],
    times: ['deploy', 'replicas'],
    dialect: 'docker',
    atMost: '3Gi',
  }
  const of = (services: string): Judgement =>
    judge('sum', bounds, NOT_THERE, { files: { 'app.yaml': `services: ${services}\n` } })
  expect(of('{ web: { mem_limit: 1g }, api: { mem_limit: 2048m } }').ok).toBe(true)
  expect(of('{ web: { mem_limit: 1g }, api: { mem_limit: 2049m } }').how).toBe('too-much')
  expect(of('{ web: { mem_limit: 2g, deploy: { replicas: 2 } } }').how).toBe('too-much')
  expect(of('{ web: { mem_limit: 1g }, api: {} }').how).toBe('unbounded')
  expect(of('{ web: { mem_limit: 1g }, api: { mem_limit: 0 } }').how).toBe('unbounded')
  expect(of('{ web: { mem_limit: 1Gi } }').how).toBe('unreadable')
  expect(of('{ web: { mem_limit: 1g, deploy: { replicas: many } } }').how).toBe('unreadable')
  expect(of('').how).toBe('gone')
})

test('killing that is off is seen, as is a group that is gone', () => {
  const on = { workload: 'web' }
  expect(judge('oom-kill', on, WELL).ok).toBe(true)
  expect(judge('oom-kill', on, { ...WELL, isOomKillOff: true }).how).toBe('off')
  expect(judge('oom-kill', on, DEAD).how).toBe('ended')
})

test('swap that it may take is told from none, and from swap without end', () => {
  const none = { workload: 'web', atMost: 0 }
  expect(judge('swap', none, { ...WELL, swapBytes: 0 }).ok).toBe(true)
  expect(judge('swap', none, { ...WELL, swapBytes: 4_096 }).how).toBe('too-much')
  expect(judge('swap', none, { ...WELL, swapBytes: null }).how).toBe('endless')
  expect(judge('swap', none, DEAD).how).toBe('ended')
})

test('what waits for the disk is judged as a part of the limit', () => {
  const quarter = { workload: 'web', atMost: 0.25 }
  const waiting = (unwrittenBytes: number | null): Judgement =>
    judge('written-back', quarter, { ...WELL, unwrittenBytes })
  expect(waiting(64 * MIB).ok).toBe(true)
  expect(waiting(65 * MIB).how).toBe('too-much')
  expect(waiting(null).how).toBe('unknown')
  const before = { ...WELL, unwrittenBytes: 65 * MIB }
  const now = { ...LATER, unwrittenBytes: 0 }
  expect(judge('written-back', quarter, now, { before }).how).toBe('too-much')
  expect(judge('written-back', quarter, DEAD).how).toBe('ended')
})

test('the order of keys says nothing in YAML', () => {
  const rest = { file: 'app.yaml', but: [['memory']] }
  const files = { 'app.yaml': 'memory: 2Mi\nname: web\n' }
  expect(judge('untouched', rest, NOT_THERE, { files }).ok).toBe(true)
})

describe('forecast', () => {
  const never = { workload: 'web' }
  /** Four looks a second. */
  function course(mebibytes: readonly number[]): readonly Sample[] {
    return mebibytes.map((size, at) => ({
      ...NO_SAMPLE,
      at: at * 250,
      anonBytes: size * MIB,
      limitBytes: 256 * MIB,
    }))
  }
  const leaking = Array.from({ length: 12 }, (_, at) => 30 + 2.5 * at)

  test('what grows evenly is seen within seconds, with when it ends', () => {
    const judged = judge('forecast', never, WELL, { course: course(leaking) })
    expect(judged).toMatchObject({ ok: false, how: 'grows' })
    expect(judged.actual).toMatch(
      /by (?:9\.\d+|10) MiB a second, and reaches its limit in (?:19|20) s/,
    )
  })

  test('what rises unevenly is not taken for what stays', () => {
    const uneven = [31, 36, 33, 37, 43, 46, 42, 51, 52, 59, 61]
    expect(judge('forecast', never, WELL, { course: course(uneven) }).how).toBe('grows')
    const hardly = uneven.map((size) => 40 + (size - 31) / 10)
    expect(judge('forecast', never, WELL, { course: course(hardly) }).ok).toBe(true)
  })

  test.each([
    ['what stays', Array.from({ length: 12 }, () => 46)],
    [
      'what begins anew before its limit',
      Array.from({ length: 60 }, (_, at) => 30 + 2.5 * (at % 16)),
    ],
    ['what was seen once', [30]],
  ])('%s is no leak', (_, sizes) => {
    expect(judge('forecast', never, WELL, { course: course(sizes) }).ok).toBe(true)
  })

  test('what has ended has no forecast', () => {
    expect(judge('forecast', never, DEAD, { course: course([30]) }).how).toBe('ended')
  })
})

describe('headroom', () => {
  const most = { workload: 'web', most: 0.8 }
  function peaks(...shares: readonly number[]): readonly Sample[] {
    return shares.map((share, at) => ({ ...NO_SAMPLE, at, anonBytes: share * 256 * MIB }))
  }

  test('the highest of all that was seen counts, and tmpfs with it', () => {
    expect(judge('headroom', most, WELL, { course: peaks(0.3, 0.79, 0.2) }).ok).toBe(true)
    const high = judge('headroom', most, WELL, { course: peaks(0.3, 0.9, 0.2) })
    expect(high).toMatchObject({ ok: false, how: 'full', actual: expect.stringContaining('90 %') })
    const files = [{ ...NO_SAMPLE, at: 0, anonBytes: 100 * MIB, shmemBytes: 120 * MIB }]
    expect(judge('headroom', most, WELL, { course: files }).how).toBe('full')
  })

  test('without a limit there is no share of it', () => {
    const course = peaks(0.3)
    expect(judge('headroom', most, { ...WELL, limitBytes: null }, { course }).how).toBe('removed')
    expect(judge('headroom', most, DEAD, { course }).how).toBe('ended')
  })
})

test('figures that are no sizes are refused', () => {
  const type = CHECK_TYPES.find(({ id }) => id === 'limit')
  expect(() => type?.read({ workload: 'web', atLeast: '1q', atMost: '1Gi' })).toThrow('1q')
  expect(() => type?.read({ workload: 'web', atLeast: '1Mi' })).toThrow('atMost')
})
