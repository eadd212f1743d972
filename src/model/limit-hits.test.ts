import { expect, it } from 'vitest'
import { cgroupState } from '../parsers/cgroup/state.ts'
import { limitHitsOf } from './limit-hits.ts'

const LIMIT = '33554432\n'

function hits(files: Record<string, string>): number | null {
  return limitHitsOf(cgroupState(new Map(Object.entries(files)), '/a'))
}

it('counts in v1 what was refused, by either limit', () => {
  const files = { 'memory.limit_in_bytes': LIMIT, 'memory.failcnt': '154\n' }
  expect(hits(files)).toBe(154)
  expect(hits({ ...files, 'memory.memsw.limit_in_bytes': LIMIT })).toBe(154)
  expect(hits({ ...files, 'memory.failcnt': '0\n', 'memory.memsw.failcnt': '7\n' })).toBe(7)
  expect(hits({ ...files, 'memory.failcnt': '0\n' })).toBe(0)
})

it('knows no count where memory and swap together have no higher limit, and nothing is counted', () => {
  const files = {
    'memory.limit_in_bytes': LIMIT,
    'memory.memsw.limit_in_bytes': LIMIT,
    'memory.failcnt': '0\n',
    'memory.memsw.failcnt': '0\n',
  }
  expect(hits(files)).toBeNull()
  expect(hits({ ...files, 'memory.memsw.limit_in_bytes': '67108864\n' })).toBe(0)
})

it('takes in v2 what its own limit refused, where the kernel tells that', () => {
  const events = 'low 0\nhigh 0\nmax 9\noom 0\noom_kill 0\n'
  const files = { 'memory.current': '5\n', 'memory.max': LIMIT, 'memory.events': events }
  expect(hits(files)).toBe(9)
  expect(hits({ ...files, 'memory.events.local': events.replace('9', '2') })).toBe(2)
  expect(hits({ 'memory.current': '5\n', 'memory.max': LIMIT })).toBeNull()
})
