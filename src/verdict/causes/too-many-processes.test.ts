import { expect, test } from 'vitest'
import { incident, oomReport, seen, task } from '../../../test/support/incident.ts'
import { recordedCauses } from '../../../test/support/recorded.ts'
import type { OomReport } from '../../model/kernel.ts'
import { tooManyProcesses } from './too-many-processes.ts'

function workers(count: number, each: number): OomReport['processes'] {
  return Array.from({ length: count }, (_, index) => task(100 + index, 'worker', each))
}

function find(processes: OomReport['processes'], change: Partial<OomReport> = {}) {
  return tooManyProcesses.find(incident({ reports: [seen(oomReport({ processes, ...change }))] }))
}

test('six small workers fill the limit by their number, five do not', () => {
  expect(find(workers(6, 10))?.summary).toMatch(/^6 processes called worker held 60 MiB together/)
  expect(find(workers(5, 10))).toBeNull()
})

test('workers beside something bigger are not the ones to reduce', () => {
  expect(find([task(1, 'main', 60), ...workers(6, 10)])).not.toBeNull()
  expect(find([task(1, 'main', 61), ...workers(6, 10)])).toBeNull()
})

test('one that outgrew its like is a leak of that one', () => {
  expect(find([...workers(6, 10), task(9, 'worker', 40)])).not.toBeNull()
  expect(find([...workers(6, 10), task(9, 'worker', 41)])).toBeNull()
})

test('below a shared limit they may be other people’s workers', () => {
  expect(find(workers(6, 10), { oomMemcg: '/docker' })).toBeNull()
})

test('forty processes of forty names are not workers of one kind', async () => {
  expect(await recordedCauses('edge-cases/20-kill-storm')).not.toContain('too-many-processes')
})
