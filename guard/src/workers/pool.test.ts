import { expect, test } from 'vitest'
import { fakeWorld } from '../../test/fake-world.ts'
import { guardOver } from '../guard.ts'
import { settingsFrom } from '../settings.ts'
import { createPool } from './pool.ts'

const MIB = 1024 * 1024

function pooled(limitMiB: number, usedMiB: number) {
  const world = fakeWorld(limitMiB)
  const guard = guardOver(world, settingsFrom({}))
  world.pass(usedMiB, 100)
  const pool = createPool({ guard, bytesPerTask: 50 * MIB, most: 10, mostWaiting: 20 })
  const ends: (() => void)[] = []
  const run = () => pool.run(() => new Promise<void>((resolve) => ends.push(resolve)))
  return { world, guard, pool, ends, run }
}

test('as many run as fit, the others wait, and follow when one ends', async () => {
  const { pool, ends, run } = pooled(1_000, 600)
  const all = Array.from({ length: 8 }, run)
  await expect.poll(() => ends.length).toBe(5)
  expect([pool.size, pool.active, pool.waiting]).toEqual([5, 5, 3])
  ends.shift()?.()
  await expect.poll(() => [pool.active, pool.waiting]).toEqual([5, 2])
  for (let at = 0; at < 7; at++) {
    await expect.poll(() => ends.length).toBeGreaterThan(0)
    ends.shift()?.()
  }
  await Promise.all(all)
  expect([pool.active, pool.waiting]).toEqual([0, 0])
})

test('its size follows the headroom: less with less, none while work is refused, all again afterwards', () => {
  const { pool, world } = pooled(2_000, 100)
  expect(pool.size).toBe(10)
  world.pass(1_400, 100)
  expect(pool.size).toBe(5)
  world.pass(1_800, 100)
  expect(pool.size).toBe(0)
  world.pass(100, 6_000)
  world.pass(100, 6_000)
  expect(pool.size).toBe(10)
})

test('a limit that is raised live lets those in that wait', async () => {
  const { pool, world, run } = pooled(1_000, 790)
  const ran = run()
  void ran
  const second = run()
  void second
  expect(pool.active).toBe(1)
  world.limitMiB = 4_000
  world.pass(790, 100)
  await expect.poll(() => pool.active).toBe(2)
})

test('too many that wait are refused; those that wait when the process leaves are told', async () => {
  const { guard, run } = pooled(1_000, 900)
  const waiting = Array.from({ length: 20 }, run)
  await expect(run()).rejects.toMatchObject({ code: 'pool-full' })
  const told = Promise.allSettled(waiting)
  void guard.drain()
  for (const one of await told) expect(one).toMatchObject({ reason: { code: 'pool-closed' } })
  await expect(run()).rejects.toMatchObject({ code: 'pool-closed' })
})

test('a task that fails gives its room back', async () => {
  const { pool, guard } = pooled(1_000, 600)
  const failing = pool.run(async () => {
    throw new Error('task')
  })
  await expect(failing).rejects.toThrow('task')
  expect([pool.active, guard.reservedBytes]).toEqual([0, 0])
})
