import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../../scripts/lib/repo.ts'
import { incident, oomReport, seen, task } from '../../../test/support/incident.ts'
import { recordedCauses } from '../../../test/support/recorded.ts'
import { observed } from '../../../test/support/world.ts'
import { readFiles } from '../../sources/files/index.ts'
import { forkCopyOnWrite } from './fork-copy-on-write.ts'

function twins(name: string, parentMib: number, childMib: number) {
  return incident({
    reports: [
      seen(oomReport({ processes: [task(10, name, parentMib), task(20, name, childMib)] })),
    ],
  })
}

test('two Redis processes of like size are a snapshot that copies pages', () => {
  expect(forkCopyOnWrite.find(twins('redis-server', 50, 45))).toMatchObject({
    confidence: 'likely',
    summary: expect.stringMatching(/redis-server processes hold 50 MiB and 45 MiB/),
  })
})

test('the child has to hold three tenths of its parent', () => {
  expect(forkCopyOnWrite.find(twins('redis-server', 100, 31))).not.toBeNull()
  expect(forkCopyOnWrite.find(twins('redis-server', 100, 30))).toBeNull()
})

test('processes of 8 MiB and less explain no kill', () => {
  expect(forkCopyOnWrite.find(twins('redis-server', 9, 9))).not.toBeNull()
  expect(forkCopyOnWrite.find(twins('redis-server', 8, 8))).toBeNull()
})

test('two alike of another program are workers, not a snapshot', () => {
  expect(forkCopyOnWrite.find(twins('gunicorn', 50, 45))).toBeNull()
})

test('nor are two of a name that goes on as that of Redis', () => {
  expect(forkCopyOnWrite.find(twins('predis', 50, 45))).toBeNull()
  expect(forkCopyOnWrite.find(twins('valkey-server', 50, 45))).not.toBeNull()
})

test('what is no twin is no child', () => {
  const processes = [task(10, 'redis-server', 50), task(20, 'python', 45)]
  const reports = [seen(oomReport({ processes }))]
  expect(forkCopyOnWrite.find(incident({ reports }))).toBeNull()
})

test('a log that tells of a snapshot makes one of any two, and is evidence beside the table', async () => {
  const world = await readFiles([join(REPO, 'fixtures/app-log/redis/snapshot-and-sigterm.log')])
  const hints = observed(world, 'log-hint')
  const { reports } = twins('cache', 50, 45)
  const found = forkCopyOnWrite.find(incident({ hints, reports }))
  expect(found).toMatchObject({ confidence: 'likely' })
  expect(found?.because).toEqual([
    reports[0],
    hints.findLast(({ fact }) => fact.hint === 'fork-snapshot'),
  ])
})

test('Redis’ own log makes a snapshot possible where the table shows no twins', async () => {
  const world = await readFiles([join(REPO, 'fixtures/app-log/redis/snapshot-and-sigterm.log')])
  const hints = observed(world, 'log-hint')
  expect(forkCopyOnWrite.find(incident({ hints }))).toMatchObject({ confidence: 'possible' })
  expect(forkCopyOnWrite.find(incident({ hints, reports: [] }))).toBeNull()
})

test('a storm of many names is no fork', async () => {
  expect(await recordedCauses('edge-cases/20-kill-storm')).not.toContain('fork-copy-on-write')
})
