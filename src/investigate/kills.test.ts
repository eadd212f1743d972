import { describe, expect, test } from 'vitest'
import {
  cgroupState,
  containerEvent,
  NOW,
  oomReport,
  PATH,
  seen,
  task,
} from '../../test/support/incident.ts'
import { onEveryKernel, recordedCase } from '../../test/support/recorded.ts'
import type { Observation } from '../model/evidence.ts'
import type { OomReport } from '../model/kernel.ts'
import type { Ending, Groups } from '../verdict/incident.ts'
import { assignToLives, groupStorms, killedMainProcess, passesOn } from './kills.ts'
import type { Life } from './lives.ts'

const NO_GROUPS: Groups = { own: null, ancestors: [], nested: [] }

function life(change: Partial<Life> = {}): Life {
  return { startedAt: NOW - 60_000, ending: null, events: [], mainPid: null, ...change }
}

function ending(at: number, exitCode: number | null, change: Partial<Ending> = {}): Ending {
  return { at: NOW + at, exitCode, signal: null, askedBy: null, because: [], ...change }
}

function report(at: number | null, change: Partial<OomReport> = {}): Observation<OomReport> {
  return seen(oomReport(change), at === null ? null : NOW + at)
}

describe('a kill belongs to the life', () => {
  const first = life({ startedAt: NOW, ending: ending(10_000, 137) })
  const second = life({ startedAt: NOW + 20_000 })
  const lifeOf = (one: Observation<OomReport>): Life | undefined =>
    [...assignToLives([one], [first, second])][0]?.[0]

  test('that was running at the time', () => {
    expect(lifeOf(report(5_000))).toBe(first)
    expect(lifeOf(report(30_000))).toBe(second)
  })

  test('that lies within two seconds of it, for clocks differ', () => {
    expect(lifeOf(report(12_000))).toBe(first)
    expect(lifeOf(report(18_000))).toBe(second)
  })

  test('that is the latest, where it has no time or no life near it', () => {
    expect(lifeOf(report(null))).toBe(second)
    expect(lifeOf(report(12_001))).toBe(second)
  })
})

describe('a storm', () => {
  const sizes = (reports: readonly Observation<OomReport>[]): readonly number[] =>
    groupStorms(reports).map(({ length }) => length)

  test('is three kills of one group, each within a second of the one before', () => {
    expect(sizes([report(0), report(1_000), report(2_000)])).toEqual([3])
    expect(sizes([report(0), report(1_000)])).toEqual([1, 1])
    expect(sizes([report(0), report(1_000), report(2_001)])).toEqual([1, 1, 1])
  })

  test('is not made of the kills of two groups', () => {
    const other = report(20, { oomMemcg: '/docker/other' })
    expect(sizes([report(0), report(10), other, report(30)])).toEqual([1, 1, 1, 1])
  })

  test('takes in a kill whose header the kernel left out', () => {
    const bare = report(100, { oomMemcg: null, taskMemcg: null, missing: ['header', 'summary'] })
    expect(sizes([report(0), bare])).toEqual([2])
  })

  test('takes in the echo that says there is nobody left to kill', () => {
    expect(sizes([report(0), report(100, { kills: [], noKillable: true })])).toEqual([2])
  })

  test('is none where one of two clocks says that they lie apart', () => {
    const pasted = (yearless: number) => report(null, { bootSeconds: 5, yearless })
    expect(sizes([pasted(0), pasted(500), pasted(900)])).toEqual([3])
    expect(sizes([pasted(0), pasted(13_000), pasted(26_000)])).toEqual([1, 1, 1])
  })

  test('is measured by boot times where there is no clock', () => {
    const booted = (bootSeconds: number) => report(null, { bootSeconds })
    expect(sizes([booted(5), booted(6), booted(7)])).toEqual([3])
    expect(sizes([booted(5), booted(6), booted(7.1)])).toEqual([1, 1, 1])
    expect(sizes([report(null), report(null), report(null)])).toEqual([1, 1, 1])
  })
})

describe('whether the main process died', () => {
  const died = (one: Life, change: Partial<OomReport> = {}, groups: Groups = NO_GROUPS) =>
    killedMainProcess([report(0, change)], one, groups)

  test('a known main PID decides', () => {
    expect(died(life({ mainPid: 4321 }))).toBe(true)
    expect(died(life({ mainPid: 4300 }))).toBe(false)
    const passedOn = ending(100, 137)
    expect(died(life({ mainPid: 4300, ending: passedOn })), 'a shell passes 137 on').toBe(false)
  })

  test('a group that is killed as a whole takes its main process with it', () => {
    const whole = { groupKill: PATH }
    expect(died(life({ mainPid: 4300, ending: ending(100, 137) }), whole)).toBe(true)
    expect(died(life({ mainPid: 4300 }), whole)).toBe(false)
  })

  test('137 within three seconds is the kill’s, later it is another one’s', () => {
    const elders = { processes: [] }
    expect(died(life({ ending: ending(3_000, 137) }), elders)).toBe(true)
    expect(died(life({ ending: ending(3_001, 137) }), elders)).toBe(false)
  })

  test.each([0, 1, 143])('an end with %s came by itself', (exitCode) => {
    expect(died(life({ ending: ending(100, exitCode) }))).toBe(false)
  })

  test('137 that was asked for after the kill is not the kill’s', () => {
    const asked = (at: number) =>
      ending(500, 137, { askedBy: seen(containerEvent('kill', { signal: 9 }), NOW + at) })
    const table = { processes: [task(4321, 'app', 90), task(4322, 'other', 5)] }
    expect(died(life({ ending: asked(400) }), table)).toBe(false)
    expect(died(life({ ending: asked(-400) }), table)).toBe(true)
  })

  test('an older process that lived leaves 137 open: it may have passed it on', () => {
    const table = { processes: [task(4300, 'sh', 1), task(4321, 'app', 98)] }
    expect(died(life({ ending: ending(100, 137) }), table)).toBeNull()
  })

  test('what a runtime writes that lost its process tells nothing', () => {
    const table = { processes: [task(4300, 'sh', 1), task(4321, 'app', 98)] }
    expect(died(life({ ending: ending(100, 128) }), table)).toBeNull()
  })

  test('while nobody knows an end, an older process that lives says no', () => {
    const living = (pids: readonly number[]): Groups => ({
      ...NO_GROUPS,
      own: seen(cgroupState({ pids })),
    })
    const table = { processes: [] }
    expect(died(life(), table, living([4300]))).toBe(false)
    expect(died(life(), table, living([4400])), 'a younger one may be a new life').toBeNull()
    expect(died(life(), table, NO_GROUPS)).toBeNull()
  })

  test('where the whole table was killed nobody is left', () => {
    expect(died(life())).toBe(true)
    expect(died(life(), { processes: [task(4321, 'app', 9), task(5000, 'b', 1)] })).toBeNull()
  })

  test('the table of a group inside does not show the main process', () => {
    const own = seen(cgroupState({ pids: null }))
    expect(died(life(), { oomMemcg: `${PATH}/job` }, { ...NO_GROUPS, own })).toBeNull()
  })

  test('a report without a victim killed nobody', () => {
    expect(died(life(), { kills: [], processes: [] })).toBeNull()
  })
})

test.each([...onEveryKernel('child-killed'), 'edge-cases/02-child-killed-main-exits-0'])(
  'a child was killed, its main process lived on: %s',
  async (fixture) => {
    expect((await recordedCase(fixture)).verdict.mainProcessDied).toBe(false)
  },
)

test.each(onEveryKernel('oom-group'))('the group died as a whole: %s', async (fixture) => {
  expect((await recordedCase(fixture)).verdict.mainProcessDied).toBe(true)
})

describe('a 137 that was passed on', () => {
  const passed = (died: boolean | null, end: Ending | null): boolean =>
    passesOn([{ at: NOW, mainProcessDied: died }], life({ ending: end }))

  test('follows within ten seconds the kill of a child', () => {
    expect(passed(false, ending(10_000, 137))).toBe(true)
    expect(passed(null, ending(10_000, 137))).toBe(true)
    expect(passed(false, ending(10_001, 137))).toBe(false)
  })

  test('is none where the main process itself was killed, or nothing ended', () => {
    expect(passed(true, ending(100, 137))).toBe(false)
    expect(passed(false, null)).toBe(false)
    expect(passesOn([], life({ ending: ending(100, 137) }))).toBe(false)
  })

  test('is none with another code, or where somebody asked', () => {
    expect(passed(false, ending(100, 1))).toBe(false)
    const askedBy = seen(containerEvent('kill', { signal: 9 }))
    expect(passed(false, ending(100, 137, { askedBy }))).toBe(false)
  })
})
