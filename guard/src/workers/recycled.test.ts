import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createRecycledWorkers } from './recycled.ts'
import type { RecycledWorkers } from './recycled.ts'

const MIB = 1024 * 1024
const FILE = fileURLToPath(new URL('../../test/leaking-worker.js', import.meta.url))
let workers: RecycledWorkers | null = null

function started(count: number, ceilingMiB: number): RecycledWorkers {
  workers = createRecycledWorkers({ file: FILE, count, ceilingBytes: ceilingMiB * MIB })
  return workers
}

afterEach(async () => await workers?.close())

test('a worker that holds too much after a task is replaced before the next; no task is lost', async () => {
  const { run, ...own } = started(1, 80)
  const pids: unknown[] = []
  for (let at = 0; at < 6; at++) pids.push(await run({ keep: 30 }))
  expect(new Set(pids).size).toBeGreaterThan(1)
  expect(new Set(pids).size).toBeLessThan(6)
  expect(own).toBeDefined()
})

test('one that stays small is kept', async () => {
  const small = started(1, 500)
  const pids = [await small.run({}), await small.run({}), await small.run({})]
  expect([new Set(pids).size, small.replaced]).toEqual([1, 0])
})

test('tasks are shared among the workers, and wait where all are busy', async () => {
  const { run } = started(2, 500)
  const pids = await Promise.all(Array.from({ length: 6 }, () => run({})))
  expect([pids.length, new Set(pids).size]).toEqual([6, 2])
})

test('a worker that ends fails its own task alone, and has a successor', async () => {
  const own = started(1, 500)
  await expect(own.run({ exit: 3 })).rejects.toMatchObject({
    code: 'worker-ended',
    message: expect.stringContaining('exit code 3'),
  })
  expect(await own.run({})).toBe(own.pids[0])
  expect(own.replaced).toBe(1)
})

test('closed workers are gone, and take nothing', async () => {
  const own = started(2, 500)
  await own.run({})
  const { pids } = own
  await own.close()
  await expect(own.run({})).rejects.toMatchObject({ code: 'pool-closed' })
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
