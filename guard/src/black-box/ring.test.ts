import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRing } from './ring.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-ring-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function records(path: string): { n: number }[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line))
}

function look(pid: number) {
  const group = { host: 'machine', service: 'web', group: '/', tier: 'observe' } as const
  const memory = { usage: 1, unreclaimable: 1, limit: 2, heap: 1, heapLimit: 2 }
  return { at: 1, pid, ...group, ...memory, inFlight: 0, reserved: 0, stalled: 0, end: null }
}

test('the file never grows, and holds the newest', () => {
  const path = join(folder, 'box')
  const ring = openRing(path)
  const { size } = statSync(path)
  for (let at = 0; at < 3_000; at++) ring.write(look(1))
  ring.close()
  expect(statSync(path).size).toBe(size)
  const numbers = records(path).map(({ n }) => n)
  expect([Math.min(...numbers), Math.max(...numbers), numbers.length]).toEqual([
    1_977, 3_000, 1_024,
  ])
})

test('a file that holds something else is not touched', () => {
  const path = join(folder, 'orders.db')
  writeFileSync(path, 'dear to somebody')
  expect(() => openRing(path)).toThrow(/holds something else/)
  expect(readFileSync(path, 'utf8')).toBe('dear to somebody')
})

test('what the life before left is kept beside it', () => {
  const path = join(folder, 'box')
  for (const pid of [1, 2, 3]) {
    const ring = openRing(path)
    ring.write(look(pid))
    ring.close()
  }
  expect([records(path), records(`${path}.1`)]).toMatchObject([[{ pid: 3 }], [{ pid: 2 }]])
})
