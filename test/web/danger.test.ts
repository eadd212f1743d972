import { expect, test } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { GroupDocument } from '../../src/server/contract.ts'
import { byDanger, dangerOf } from '../../web/live/danger.ts'

function group(path: string, change: Partial<GroupDocument> = {}): GroupDocument {
  return {
    name: path,
    path,
    container: null,
    removed: false,
    usageBytes: MIB,
    chargeBytes: MIB,
    unreclaimableBytes: MIB,
    dirtyBytes: null,
    limit: { scope: 'own', path, bytes: 100 * MIB, usedBytes: MIB, headroomBytes: 99 * MIB },
    percent: 1,
    highBytes: null,
    pressure: null,
    limitHitsPerSecond: 0,
    growthBytesPerMinute: 0,
    timeLeft: 'never',
    secondsToLimit: null,
    oomKills: 0,
    processes: 1,
    biggest: null,
    notes: [],
    ...change,
  }
}

const machine = { scope: 'host' as const, path: null, bytes: 1, usedBytes: 1, headroomBytes: 0 }
const soon = (low: number): Partial<GroupDocument> => ({
  timeLeft: 'seconds',
  secondsToLimit: { low, high: null },
})

test('the group that needs somebody first stands first', () => {
  const groups = [
    group('/gone', { removed: true, timeLeft: 'now', percent: 100 }),
    group('/calm'),
    group('/only-the-machine', { limit: machine, percent: 99, ...soon(10) }),
    group('/near', { percent: 85 }),
    group('/in-an-hour', soon(3_500)),
    group('/in-a-minute', soon(60)),
    group('/tomorrow', soon(80_000)),
    group('/at-its-limit', { timeLeft: 'now', percent: 100 }),
  ]
  expect(groups.toSorted(byDanger).map(({ path }) => path)).toEqual([
    '/at-its-limit',
    '/in-a-minute',
    '/in-an-hour',
    '/near',
    '/tomorrow',
    '/calm',
    '/only-the-machine',
    '/gone',
  ])
})

test('a machine that runs full is one danger, and not one for each group on it', () => {
  expect(dangerOf(group('/', { limit: machine, percent: 60, ...soon(600) }))).toBe('soon')
  expect(dangerOf(group('/web', { limit: machine, percent: 60, ...soon(600) }))).toBe('none')
  expect(dangerOf(group('/web', { limit: null, percent: null, timeLeft: 'unknown' }))).toBe('none')
})

test('a group whose limit is near is told even where nothing is known of its growth', () => {
  expect(dangerOf(group('/web', { percent: 80, timeLeft: 'unknown' }))).toBe('near')
  expect(dangerOf(group('/web', { percent: 79.9, timeLeft: 'unknown' }))).toBe('none')
  expect(dangerOf(group('/web', { percent: 95, timeLeft: 'unknown' }))).toBe('at-limit')
})
