import { describe, expect, it } from 'vitest'
import type { Growth } from '../../model/growth.ts'
import { seriesCorpus, usageOnly } from '../../../test/support/series-corpus.ts'
import { classifyGrowth } from './classify.ts'

/** A few of the series that `node bench/growth/score.ts` scores. */
const judged = seriesCorpus([201, 202]).map((series) => ({
  ...series,
  growth: classifyGrowth(series.recording, { at: Number.POSITIVE_INFINITY }),
}))

function endless({ kind, diagnosis }: Growth): boolean {
  return kind === 'leak' || (kind === 'sawtooth' && diagnosis === 'leak')
}

function ofShape(shape: string): readonly Growth[] {
  return judged.filter((series) => series.shape === shape).map(({ growth }) => growth)
}

describe('series whose truth is known', () => {
  it('are mostly told apart', () => {
    const wrong = judged.filter(({ truth, growth }) => !truth.kinds.includes(growth.kind))
    expect(wrong.length / judged.length).toBeLessThan(0.1)
  })

  it('are found where they leak', () => {
    const all = judged.filter(({ truth }) => truth.endless)
    const found = all.filter(({ growth }) => endless(growth))
    expect(found.length / all.length).toBeGreaterThan(0.85)
    expect(ofShape('leak').every(endless)).toBe(true)
    expect(ofShape('restart loop').every(endless)).toBe(true)
  })

  it.each([
    'page cache',
    'diurnal',
    'burst',
    'snapshots',
    'workers',
    'garbage collector',
    'steady',
  ])('are never called a leak for %s', (shape) => {
    expect(ofShape(shape).length).toBe(4)
    expect(ofShape(shape).some(endless)).toBe(false)
  })

  it('are told by what grows', () => {
    for (const [shape, diagnosis] of [
      ['tmpfs', 'tmpfs'],
      ['slab', 'kernel-memory'],
      ['sockets', 'sockets'],
      ['neighbour', 'neighbour'],
      ['undersized', 'undersized'],
    ])
      for (const growth of ofShape(shape ?? '')) expect(growth.diagnosis).toBe(diagnosis)
  })

  it('are judged with less certainty by their usage alone', () => {
    for (const { recording } of judged) {
      const { confidence } = classifyGrowth(usageOnly(recording), { at: Number.POSITIVE_INFINITY })
      expect(confidence).toBeLessThanOrEqual(0.5)
    }
  })
})
