import { describe, expect, test } from 'vitest'
import { MIB } from '../model/bytes.ts'
import { incident, NOW, samplesOf, seen } from '../../test/support/incident.ts'
import { steadyRise, suddenRise } from './growth.ts'
import type { Incident } from './incident.ts'

const STEADY = [10, 20, 30, 40, 50, 60, 70, 80, 90]

function over(usageMib: readonly number[], change: Partial<Incident> = {}, step = 10): Incident {
  return incident({ samples: samplesOf(usageMib, { step }), ...change })
}

describe('steady rise', () => {
  test('is told with its speed and rests on the samples', () => {
    const course = over(STEADY)
    expect(steadyRise(course)).toEqual({
      seconds: 80,
      bytesPerSecond: MIB,
      because: [course.samples],
    })
  })

  test('one step that makes more than half of it is no leak', () => {
    expect(steadyRise(over([10, 15, 15, 15, 15, 36, 40, 45, 50]))).toBeNull()
    expect(steadyRise(over([10, 15, 15, 15, 15, 35, 40, 45, 50]))).not.toBeNull()
  })

  test('has to take 15 % of the limit', () => {
    expect(steadyRise(over([10, 12, 14, 16, 18, 20, 22, 25]))).not.toBeNull()
    expect(steadyRise(over([10, 12, 14, 16, 18, 20, 22, 24]))).toBeNull()
  })

  test('needs eight samples over fifteen seconds', () => {
    expect(steadyRise(over(STEADY.slice(0, 8)))).not.toBeNull()
    expect(steadyRise(over(STEADY.slice(0, 7)))).toBeNull()
    expect(steadyRise(over(STEADY, {}, 2))).not.toBeNull()
    expect(steadyRise(over(STEADY, {}, 1.8))).toBeNull()
  })

  test('time spent at the limit does not make the growth slower than it was', () => {
    const atTheLimit = over([...STEADY, 98, 99, 100, 100, 100, 100])
    expect(steadyRise(atTheLimit)).toMatchObject({ seconds: 80, bytesPerSecond: MIB })
    const below = over([...STEADY, 97, 97, 97])
    expect(steadyRise(below)).toMatchObject({ seconds: 110 })
  })

  test('samples of an earlier life are not used', () => {
    const before = [90, 90, 90, 90]
    const course = samplesOf([...before, ...STEADY])
    const start = course.fact.samples[before.length]?.at ?? null
    expect(steadyRise(incident({ samples: course, startedAt: null }))).toBeNull()
    expect(steadyRise(incident({ samples: course, startedAt: start }))).toMatchObject({
      bytesPerSecond: MIB,
    })
  })

  test('samples from after the kill are not used', () => {
    const course = samplesOf([...STEADY, 5, 5, 5])
    const end = course.fact.samples[STEADY.length - 1]?.at ?? null
    expect(steadyRise(incident({ samples: course, at: end }))?.seconds).toBe(80)
    expect(steadyRise(incident({ samples: course }))).toBeNull()
  })

  test('page cache that fills by itself is no growth of the program', () => {
    const samples = samplesOf(STEADY, { change: { anonBytes: 20 * MIB } })
    expect(steadyRise(incident({ samples }))).toBeNull()
  })

  test('files in tmpfs are growth, for nothing gives them back', () => {
    const course = samplesOf(STEADY)
    const samples = course.fact.samples.map((sample) => ({
      ...sample,
      anonBytes: 0,
      shmemBytes: sample.anonBytes,
    }))
    const found = steadyRise(incident({ samples: seen({ kind: 'memory-samples', samples }) }))
    expect(found?.bytesPerSecond).toBe(MIB)
  })

  test('without a limit there is no share of it to speak of', () => {
    const samples = samplesOf(STEADY, { change: { limitBytes: null } })
    expect(steadyRise(incident({ samples, reports: [] }))).toBeNull()
  })
})

describe('sudden rise', () => {
  test('from below 70 % of the limit to the kill', () => {
    expect(suddenRise(over([20, 20, 69]))).toMatchObject({
      seconds: 10,
      usageBytes: 69 * MIB,
      limitBytes: 100 * MIB,
    })
    expect(suddenRise(over([20, 20, 70]))).toBeNull()
  })

  test('samples that stopped long before the kill do not show how fast it was', () => {
    const last = samplesOf([20, 20, 20], { until: NOW - 10_000 })
    expect(suddenRise(incident({ samples: last }))).not.toBeNull()
    const earlier = samplesOf([20, 20, 20], { until: NOW - 10_001 })
    expect(suddenRise(incident({ samples: earlier }))).toBeNull()
  })

  test('a last sample at the limit is the last one: the kill did not come out of nowhere', () => {
    expect(suddenRise(over([20, 50, 99]))).toBeNull()
  })

  test('without a dated kill nothing can be measured', () => {
    const [report] = incident().reports
    if (report === undefined) throw new Error('an incident without its report')
    expect(suddenRise(over([20, 20, 20], { reports: [{ ...report, at: null }] }))).toBeNull()
    expect(suddenRise(over([20, 20, 20], { reports: [] }))).toBeNull()
  })

  test('one sample shows no sampling step', () => {
    expect(suddenRise(over([20]))).toBeNull()
  })
})
