import { expect, test } from 'vitest'
import { cgroupState, incident, seen } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import { atRisk } from './at-risk.ts'
import { healthy } from './healthy.ts'

/** A writer whose disk is slow, below cgroup v1 with a limit of 96 MiB, as a kernel of 6.18 counted it. */
function writer({ dirtyMib = 62, anonMib = 25 }: { dirtyMib?: number; anonMib?: number } = {}) {
  const figures: readonly [string, number][] = [
    ['total_rss', anonMib],
    ['total_cache', 63],
    ['total_shmem', 0],
    ['total_dirty', dirtyMib - 2],
    ['total_writeback', 2],
  ]
  const group = cgroupState({
    version: 1,
    limitBytes: 96 * MIB,
    usageBytes: 96 * MIB,
    kmemUsageBytes: 8 * MIB,
    stat: new Map(figures.map(([name, mib]) => [name, mib * MIB])),
  })
  return incident({
    reports: [],
    alive: true,
    groups: { own: seen(group), ancestors: [], nested: [] },
  })
}

test('a limit full of what the disk has not taken is no health: the kernel waits there, or kills', () => {
  expect(atRisk.ask(writer())).toMatchObject({
    answer: 'holds',
    summary: expect.stringMatching(/99 % .* 62 MiB of it has to be written to disk first/),
  })
})

test('page cache that is written is given back, and a healthy one says what stays', () => {
  expect(atRisk.ask(writer({ dirtyMib: 12 }))).toEqual({ answer: 'not-shown' })
  expect(healthy.ask(writer({ dirtyMib: 12 }))).toMatchObject({
    summary: expect.stringContaining('45 MiB of its limit of 96 MiB'),
  })
})

test('one that is full of its own memory waits for nobody', () => {
  expect(atRisk.ask(writer({ anonMib: 84, dirtyMib: 2 }))).toMatchObject({
    answer: 'holds',
    summary: expect.stringMatching(/free; the next growth ends in an OOM kill\.$/),
  })
})
