import { expect, test, vi } from 'vitest'
import { fakeWorld } from '../test/fake-world.ts'
import type { FakeWorld } from '../test/fake-world.ts'
import { EXIT_DRAINED } from './drain.ts'
import type { LeaveReason } from './drain.ts'
import { guardOver } from './guard.ts'
import type { MemoryGuard } from './guard.ts'
import { settingsFrom } from './settings.ts'

const MIB = 1024 * 1024

test('memory that fills leads through the tiers, each doing its part', () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  const shares: number[] = []
  guard.onKeep((share) => shares.push(share))
  world.pass(500, 100)
  expect([guard.tier, guard.admit(MIB).admitted]).toEqual(['observe', true])
  world.pass(775, 100)
  expect([guard.tier, guard.admit(MIB).admitted]).toEqual(['evict', true])
  expect(shares.at(-1)).toBeCloseTo(0.75)
  world.pass(860, 100)
  expect(guard.tier).toBe('shed')
  expect(guard.admit(1)).toEqual({ admitted: false, reason: 'pressure' })
  expect(guard.roomBytes).toBe(0)
})

test('caches get all of their budget back when it is over', () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  const shares: number[] = []
  guard.onKeep((share) => shares.push(share))
  world.pass(800, 100)
  world.pass(400, 10_000)
  expect([guard.tier, shares.at(-1)]).toEqual(['observe', 1])
})

test('garbage is collected before anybody is refused for it', () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  world.garbageMiB = 300
  world.pass(600, 20_000)
  expect([guard.tier, world.collections]).toEqual(['observe', 1])
})

test('while work is refused it collects now and then, for what caches gave up is freed by that alone', () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  world.pass(860, 20_000)
  expect([guard.tier, world.collections]).toEqual(['shed', 1])
  world.garbageMiB = 60
  world.pass(760, 11_000)
  expect([guard.tier, world.collections]).toEqual(['evict', 2])
})

test('work that has no room although nobody is inside makes caches and garbage give way', () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  const shares: number[] = []
  guard.onKeep((share) => shares.push(share))
  world.garbageMiB = 100
  world.pass(700, 20_000)
  expect([guard.tier, guard.admit(100 * MIB), world.collections]).toEqual([
    'evict',
    { admitted: false, reason: 'pressure' },
    0,
  ])
  world.pass(700, 100)
  expect([world.collections, shares.at(-1)]).toEqual([1, 0.5])
  expect(guard.admit(100 * MIB).admitted).toBe(true)
  world.pass(700, 100)
  expect(guard.admit(100 * MIB)).toEqual({ admitted: false, reason: 'pressure' })
  world.pass(700, 5_000)
  expect([world.collections, shares.at(-1)]).toEqual([1, 1])
})

test('a collection that gave nothing back is not repeated so soon, one that helped is', () => {
  const world = fakeWorld(1_000)
  guardOver(world, settingsFrom({}))
  for (let at = 0; at < 5; at++) world.pass(860, 10_000)
  expect(world.collections).toBe(2)
  const busy = fakeWorld(1_000)
  guardOver(busy, settingsFrom({}))
  for (let at = 0; at < 5; at++) {
    busy.garbageMiB = 300
    busy.pass(600, 2_000)
  }
  expect(busy.collections).toBe(5)
})

test('it does not collect again and again, nor where it is told not to', () => {
  const world = fakeWorld(1_000)
  guardOver(world, settingsFrom({}))
  world.garbageMiB = 100
  world.pass(860, 100)
  world.garbageMiB = 60
  world.pass(860, 100)
  expect(world.collections).toBe(1)
  const quiet = fakeWorld(1_000)
  guardOver(quiet, settingsFrom({ collects: false }))
  quiet.garbageMiB = 300
  quiet.pass(600, 20_000)
  expect(quiet.collections).toBe(0)
})

test('where nothing helps the process leaves in good order, with a code of its own', async () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  const admission = guard.admit(MIB)
  const work = vi.fn<() => Promise<void>>(async () => undefined)
  guard.onDrain(work)
  for (let look = 0; look < 3; look++) world.pass(940, 20)
  expect([guard.tier, guard.ready]).toEqual(['drain', false])
  expect(guard.admit(1)).toEqual({ admitted: false, reason: 'leaving' })
  expect(world.exits).toEqual([])
  if (admission.admitted) admission.release()
  expect(await guard.drain()).toBe('done')
  expect(work).toHaveBeenCalledOnce()
  expect(world.exits).toEqual([EXIT_DRAINED])
})

test('memory that stays, and keeps everybody out for a minute, makes it leave, and say why', async () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  const ended = vi.fn<(reason: LeaveReason | null) => void>()
  guard.onEnd(ended)
  world.pass(860, 20)
  world.pass(860, 59_000)
  expect([guard.tier, guard.ready, guard.leaving]).toEqual(['shed', true, null])
  world.pass(860, 1_000)
  expect([guard.tier, guard.ready, guard.leaving]).toEqual(['drain', false, 'shedding'])
  expect(await guard.drain()).toBe('done')
  expect(ended).toHaveBeenCalledExactlyOnceWith('shedding')
  expect(world.exits).toEqual([EXIT_DRAINED])
})

test('why it leaves is told apart: for memory, because it is asked to, and where the guard alone ends', async () => {
  const told: (LeaveReason | null)[] = []
  const guarded = (leaves: (guard: MemoryGuard, world: FakeWorld) => void): MemoryGuard => {
    const world = fakeWorld(1_000)
    const guard = guardOver(world, settingsFrom({}))
    guard.onEnd((reason) => told.push(reason))
    leaves(guard, world)
    return guard
  }
  await guarded((_, world) => {
    for (let look = 0; look < 3; look++) world.pass(940, 20)
  }).drain()
  await guarded(() => undefined).drain(0)
  guarded((guard) => guard.stop())
  expect(told).toEqual(['memory', 'asked', null])
})

test('who does not come to an end is waited for no longer than the grace, and not at all when memory is lost', async () => {
  const slow = fakeWorld(1_000)
  const guard = guardOver(slow, settingsFrom({ graceMs: 30 }))
  slow.pass(100, 20)
  guard.admit(MIB)
  expect(await guard.drain(0)).toBe('grace')
  expect(slow.exits).toEqual([0])
  const lost = fakeWorld(1_000)
  const other = guardOver(lost, settingsFrom({}))
  lost.pass(100, 20)
  other.admit(MIB)
  lost.pass(990, 20)
  expect(await other.drain()).toBe('lost')
})

test('work that fails on the way out keeps nobody', async () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  guard.onDrain(() => {
    throw new Error('Redis is away')
  })
  expect(await guard.drain(0)).toBe('done')
})

test('a limit that is changed live holds from the next look on', () => {
  const world = fakeWorld(1_000)
  const guard = guardOver(world, settingsFrom({}))
  world.pass(600, 100)
  world.limitMiB = 650
  world.pass(600, 100)
  expect(guard.tier).toBe('shed')
  world.limitMiB = 4_000
  world.pass(600, 10_000)
  world.pass(600, 10_000)
  expect(guard.tier).toBe('observe')
})

test('it looks the more often the less room there is, and the faster it fills', () => {
  const world = fakeWorld(1_000)
  guardOver(world, settingsFrom({}))
  world.pass(100, 10_000)
  const calm = world.pauseMs
  world.pass(600, 1_000)
  const fast = world.pauseMs
  world.pass(600, 10_000)
  world.pass(600, 10_000)
  expect(fast).toBeLessThan(world.pauseMs)
  expect(world.pauseMs).toBeLessThan(calm)
})

test('settings that cannot be are refused with what to do', () => {
  expect(() => settingsFrom({ shedAt: 0.5 })).toThrow(/ascend/)
  expect(() => settingsFrom({ drainAt: 1.5 })).toThrow(/ascend/)
  expect(() => settingsFrom({ graceMs: -1 })).toThrow(/graceMs is -1/)
  expect(() => settingsFrom({ longestShedMs: -1 })).toThrow(/longestShedMs is -1/)
  expect(() => settingsFrom({ fillRate: Number.NaN })).toThrow(/fillRate/)
})
