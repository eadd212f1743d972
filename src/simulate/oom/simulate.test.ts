import { describe, expect, it } from 'vitest'
import { candidate, oomSetting } from '../../../test/support/oom-setting.ts'
import { adjustmentThatSpares, withChanges } from './changes.ts'
import { rulesOf } from './rules.ts'
import { isCloseCall, type OomSetting, simulateOom } from './simulate.ts'

function victims(setting: OomSetting): string[] | undefined {
  return simulateOom(setting)?.victims.map(({ name }) => name)
}

describe('what would happen', () => {
  it('is the death of the one at the top', () => {
    const simulation = simulateOom(oomSetting())
    expect(simulation).toMatchObject({ outcome: 'one', chosen: { name: 'web', badness: 600 } })
    expect(simulation?.victims).toEqual([simulation?.chosen])
  })

  it('is nothing where all are protected', () => {
    const all = [candidate('web', { oomScoreAdj: -1000 }), candidate('db', { oomScoreAdj: -1000 })]
    expect(simulateOom(oomSetting({ candidates: all }))).toMatchObject({
      outcome: 'nobody',
      chosen: null,
      victims: [],
    })
  })

  it('is not told where the memory of a process is not known', () => {
    const all = [candidate('web'), candidate('db', { mib: null })]
    expect(simulateOom(oomSetting({ candidates: all }))).toBeNull()
  })

  it('is a panic where that is set: 1 for the machine alone, 2 for a group, too', () => {
    const outcome = (scope: OomSetting['scope'], panicOnOom: number) =>
      simulateOom(oomSetting({ scope, panicOnOom }))?.outcome
    expect(outcome('host', 1)).toBe('panic')
    expect(outcome('memory-group', 1)).toBe('one')
    expect(outcome('memory-group', 2)).toBe('panic')
  })

  it('is the death of whoever asks, on the machine alone', () => {
    const outcome = (scope: OomSetting['scope']) =>
      simulateOom(oomSetting({ scope, killsAllocatingTask: true }))
    expect(outcome('host')).toMatchObject({ outcome: 'allocating-task', victims: [] })
    expect(outcome('memory-group')?.outcome).toBe('one')
  })

  it('is sleep where the OOM killer of a v1 group is turned off', () => {
    expect(simulateOom(oomSetting({ killDisabled: true }))).toMatchObject({
      outcome: 'asleep',
      victims: [],
    })
  })

  it('before 5.1 is the death of a child that has memory of its own', () => {
    const family = [
      candidate('web', { mib: 60, pid: 1 }),
      candidate('a', { mib: 5, pid: 2, parentPid: 1 }),
      candidate('b', { mib: 7, pid: 3, parentPid: 1 }),
      candidate('x', { mib: 50, pid: 4, parentPid: 9 }),
    ]
    const at = (version: string) =>
      simulateOom(oomSetting({ candidates: family, rules: rulesOf(version) }))
    expect(at('5.0.21')).toMatchObject({ outcome: 'child', victims: [{ name: 'b' }] })
    expect(at('5.1')).toMatchObject({ outcome: 'one', victims: [{ name: 'web' }] })
  })
})

describe('memory.oom.group', () => {
  const candidates = [
    candidate('web', { mib: 60, cgroup: '/app/web' }),
    candidate('log', { mib: 1, cgroup: '/app/web/side' }),
    candidate('safe', { mib: 2, cgroup: '/app/web', oomScoreAdj: -1000 }),
    candidate('db', { mib: 30, cgroup: '/app/db' }),
  ]

  it('takes everyone below the highest flagged group, but who is protected', () => {
    const flagged = (...paths: string[]) =>
      oomSetting({ candidates, oomGroups: new Map(paths.map((path) => [path, true])) })
    expect(victims(flagged('/app/web'))).toEqual(['web', 'log'])
    expect(victims(flagged('/app/web', '/app'))).toEqual(['web', 'db', 'log'])
    expect(victims(flagged('/app/db'))).toEqual(['web'])
    expect(simulateOom(flagged('/app/web'))).toMatchObject({
      groupPath: '/app/web',
      outcome: 'group',
    })
  })

  it('does not reach above the group whose limit it is', () => {
    const flags = new Map([['/app', true]])
    expect(victims(oomSetting({ candidates, path: '/app/web', oomGroups: flags }))).toEqual(['web'])
    const host = oomSetting({ candidates, scope: 'host', path: null, oomGroups: flags })
    expect(victims(host)).toEqual(['web', 'db', 'log'])
  })

  it('is not known to kernels before 4.19', () => {
    const oomGroups = new Map([['/app/web', true]])
    expect(victims(oomSetting({ candidates, oomGroups, rules: rulesOf('4.18.20') }))).toEqual([
      'web',
    ])
  })

  it('can be set and unset for a try', () => {
    const set = withChanges(oomSetting({ candidates }), { adjustments: [], oomGroup: true })
    expect(victims(set.setting)).toEqual(['web', 'db', 'log'])
    const unset = withChanges(set.setting, { adjustments: [], oomGroup: false })
    expect(victims(unset.setting)).toEqual(['web'])
  })
})

describe('an adjustment', () => {
  it('can be tried out by PID and by name, and names that nobody has are told', () => {
    const setting = oomSetting()
    const changes = {
      adjustments: [
        { who: 'web', oomScoreAdj: -900 },
        { who: 'nginx', oomScoreAdj: 1 },
      ],
      oomGroup: null,
    }
    const { setting: changed, applied, unmatched } = withChanges(setting, changes)
    expect(victims(changed)).toEqual(['db'])
    expect(applied).toEqual([{ pid: 119, name: 'web', from: 0, to: -900 }])
    expect(unmatched).toEqual(['nginx'])
    const byPid = withChanges(setting, {
      adjustments: [{ who: '100', oomScoreAdj: 500 }],
      oomGroup: null,
    })
    expect(victims(byPid.setting)).toEqual(['db'])
    expect(victims(setting)).toEqual(['web'])
  })

  it('that spares the chosen one is the highest that does', () => {
    const setting = oomSetting()
    const spare = adjustmentThatSpares(setting)
    expect(spare).toEqual({ oomScoreAdj: -308, next: { pid: 100, name: 'db' } })
    const with_ = (oomScoreAdj: number) =>
      victims(
        withChanges(setting, { adjustments: [{ who: 'web', oomScoreAdj }], oomGroup: null })
          .setting,
      )
    expect(with_(-308)).toEqual(['db'])
    expect(with_(-307)).toEqual(['web'])
  })

  it('spares nobody who is alone', () => {
    expect(adjustmentThatSpares(oomSetting({ candidates: [candidate('web')] }))).toBeNull()
  })
})

it('is a close call where the next one is within what the kernel does not see', () => {
  const candidates = [candidate('web', { mib: 60 }), candidate('db', { mib: 59.5 })]
  const simulation = simulateOom(oomSetting({ candidates }))
  expect(simulation !== null && isCloseCall(simulation, 2 ** 20)).toBe(true)
  expect(simulation !== null && isCloseCall(simulation, 2 ** 18)).toBe(false)
})
