import { describe, expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { Growth } from '../../model/growth.ts'
import { recordedSeries } from '../../../test/support/series-corpus-recorded.ts'
import { classifyGrowth } from './classify.ts'

const LATER = { at: Number.POSITIVE_INFINITY }

const EXPECTED: readonly (readonly [string, Partial<Growth>])[] = [
  ['steady', { kind: 'steady', diagnosis: null }],
  ['leak', { kind: 'leak', diagnosis: 'suspected-leak', component: 'anonymous' }],
  ['leak-restart-loop', { kind: 'sawtooth', diagnosis: 'leak' }],
  ['page-cache', { kind: 'cache', diagnosis: 'page-cache', component: 'file' }],
  ['tmpfs', { kind: 'leak', diagnosis: 'tmpfs', component: 'shmem' }],
  ['workers', { kind: 'concurrency', diagnosis: 'concurrency' }],
  ['warm-up', { kind: 'warm-up', diagnosis: null }],
  ['burst', { kind: 'burst', diagnosis: 'burst' }],
  ['fork-copy-on-write', { kind: 'burst', diagnosis: 'fork-copy-on-write' }],
  ['garbage-collector', { kind: 'sawtooth', diagnosis: null }],
]

describe('programs whose memory was recorded', () => {
  it.each(EXPECTED)('%s', (name, growth) => {
    expect(classifyGrowth(recordedSeries(name), LATER)).toMatchObject(growth)
  })

  it('tell that a loop restarts without any mark', () => {
    const { group, ...rest } = recordedSeries('leak-restart-loop')
    const unmarked = { ...rest, group: { ...group, marks: [] } }
    expect(classifyGrowth(unmarked, LATER)).toMatchObject({ kind: 'sawtooth', diagnosis: 'leak' })
  })

  it('tell which process leaks, how fast, and in which region', () => {
    const recording = recordedSeries('leak')
    const { process, region } = classifyGrowth(recording, LATER)
    expect(process).toMatchObject(recording.processes[0]?.process ?? {})
    expect(process?.name).toMatch(/^hog/)
    // A MiB every quarter of a second.
    expect(Math.abs((process?.slope.perSecond ?? 0) / MIB - 4)).toBeLessThan(0.2)
    // The kernel joins each new mapping with the one before: no name is in both snapshots.
    expect(region?.name).toBe('anonymous')
    expect(region?.grownBytes).toBeGreaterThan(200 * MIB)
  })

  it('tell what a worker takes, and how many fit', () => {
    const { perUnit } = classifyGrowth(recordedSeries('workers'), LATER)
    expect(Math.abs((perUnit?.unitBytes ?? 0) / MIB - 24.4)).toBeLessThan(0.5)
    expect(perUnit?.mostUnits).toBe(18)
  })
})
