import { describe, expect, it } from 'vitest'
import { subjectSeen, wish } from '../../test/support/pressed.ts'
import { GIB, MIB } from '../model/bytes.ts'
import type { Amount } from './amount.ts'
import { planExperiment } from './plan.ts'

const limitTo = (amount: Amount) => wish({ pressure: { kind: 'limit', amount } })
const memory = (amount: Amount, fields: object = {}) =>
  wish({ pressure: { kind: 'memory', memory: 'anonymous', amount, placement: null, ...fields } })

describe('a plan', () => {
  it('says where memory is taken: inside the target in a group with a limit, where the kernel allows it', () => {
    const { experiment, warnings } = planExperiment(subjectSeen(), wish())
    expect(experiment.pressure).toMatchObject({ sizeBytes: 32 * MIB, placement: 'leaf' })
    expect(warnings).toEqual([])
  })

  it('cgroup v2 allows none in a group with processes, and the plan says so', () => {
    const subject = subjectSeen({ version: 2, takesLeaf: false })
    const { experiment, warnings } = planExperiment(subject, wish())
    expect(experiment.pressure).toMatchObject({ placement: 'target' })
    expect(warnings.join()).toContain('lives in its own group')
    const leaf = memory({ bytes: MIB }, { placement: 'leaf' })
    expect(() => planExperiment(subject, leaf)).toThrow('no limited group inside')
  })

  it('counts shares from the present limit, in whole pages', () => {
    const { experiment } = planExperiment(subjectSeen(), limitTo({ percent: 33.3 }))
    expect(experiment.pressure).toEqual({
      kind: 'limit',
      limitBytes: Math.floor((128 * MIB * 0.333) / 4096) * 4096,
    })
    const unlimited = subjectSeen({ state: { limitBytes: null, unlimited: true } })
    expect(() => planExperiment(unlimited, memory({ percent: 25 }))).toThrow('no limit of which')
    expect(planExperiment(unlimited, limitTo({ bytes: 64 * MIB })).experiment.pressure).toEqual({
      kind: 'limit',
      limitBytes: 64 * MIB,
    })
  })

  it('says that the kernel will end the allocator, where there is no room for it', () => {
    const { warnings } = planExperiment(subjectSeen(), memory({ bytes: 120 * MIB }))
    expect(warnings.join()).toContain('room for 96 MiB')
  })

  it('has a floor of 15 % of the machine, and 1 GiB at least', () => {
    const floor = (totalBytes: number) =>
      planExperiment(
        subjectSeen({ host: { ...subjectSeen().host, totalBytes, availableBytes: 6 * GIB } }),
        wish(),
      ).experiment.guards.hostFloorBytes
    expect(floor(4 * GIB)).toBe(GIB)
    expect(floor(20 * GIB)).toBe(3 * GIB)
  })

  it('always asks whether somebody was killed, and whether it lives', () => {
    const { probes } = planExperiment(subjectSeen(), wish()).experiment
    expect(probes.map(({ question }) => question.type)).toEqual(['oom.count', 'alive'])
  })
})

describe('what is not done', () => {
  it.each([
    ['a limit above the present one', limitTo({ bytes: 128 * MIB }), {}, 'is no pressure'],
    ['a limit below what it holds', limitTo({ bytes: 16 * MIB }), {}, 'would be killed at once'],
    ['less than a page', memory({ bytes: 100 }), {}, 'less than a page'],
    [
      'more than an hour',
      wish({ phases: { rampMs: 0, holdMs: 3_600_001 } }),
      {},
      'an hour at most',
    ],
    [
      'a group that would hang',
      wish(),
      { state: { oomControl: { killDisable: true, underOom: false, oomKill: 0 } } },
      'it would hang',
    ],
    [
      'a group that dies as a whole',
      wish(),
      { version: 2 as const, takesLeaf: false, state: { oomGroup: true } },
      'kills this group as a whole',
    ],
  ])('%s', (_what, asked, subject, says) => {
    expect(() => planExperiment(subjectSeen(subject), asked)).toThrow(says)
  })

  it.each([
    ['the floor is crossed already', { availableBytes: 2 * GIB }, wish()],
    ['the floor would be crossed', {}, memory({ bytes: 7 * GIB })],
    ['nobody can work', { fullAvg10: 11 }, wish()],
    ['nothing is known', { availableBytes: null }, wish()],
  ])('where %s', (_what, host, asked) => {
    const subject = subjectSeen({ host: { ...subjectSeen().host, ...host } })
    expect(() => planExperiment(subject, asked)).toThrow(
      expect.objectContaining({ exitCode: 3, refusal: 'busy' }),
    )
  })

  it('without PSI, none is watched', () => {
    const host = { ...subjectSeen().host, fullAvg10: null }
    expect(() => planExperiment(subjectSeen({ host }), wish())).not.toThrow()
  })
})
