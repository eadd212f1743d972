import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../../scripts/lib/repo.ts'
import { MIB } from '../../model/bytes.ts'
import { containerState, incident, kill, oomReport, seen } from '../../../test/support/incident.ts'
import { observed } from '../../../test/support/world.ts'
import { readFiles } from '../../sources/files/index.ts'
import { offHeap } from './off-heap.ts'

function javaOf(heapMib: number, anonMib: number) {
  return offHeap.find(
    incident({
      container: seen(containerState({ command: ['java', `-Xmx${heapMib}m`] })),
      reports: [seen(oomReport({ kills: [kill(4321, 'java', anonMib)] }))],
    }),
  )
}

test('a process far bigger than its heap may be holds memory outside of it', () => {
  expect(javaOf(200, 400)).toMatchObject({
    confidence: 'likely',
    summary: expect.stringContaining('at least 200 MiB lie outside the heap'),
  })
})

test('three fifths more than the heap is usual, and so are 48 MiB', () => {
  expect(javaOf(100, 160)).not.toBeNull()
  expect(javaOf(100, 159)).toBeNull()
  expect(javaOf(10, 58)).not.toBeNull()
  expect(javaOf(10, 57)).toBeNull()
})

test('swap of the victim is its memory too', () => {
  const swapped = { ...kill(4321, 'java', 100), swapBytes: 100 * MIB }
  const found = offHeap.find(
    incident({
      container: seen(containerState({ command: ['java', '-Xmx100m'] })),
      reports: [seen(oomReport({ kills: [swapped] }))],
    }),
  )
  expect(found?.summary).toContain('the process held 200 MiB')
})

test('Java’s own account names the area that outgrew the heap', async () => {
  const world = await readFiles([join(REPO, 'fixtures/bundles/runtimes/nmt.txt')])
  const runtimeMemory = observed(world, 'runtime-memory')
  const [account] = runtimeMemory
  expect(account?.fact.areas.get('heap')).toBe(32 * MIB)
  const [area, bytes] = [...(account?.fact.areas ?? [])]
    .filter(([name]) => name !== 'heap' && name !== 'total')
    .reduce((most, next) => (next[1] > most[1] ? next : most))
  expect(bytes).toBeGreaterThan(32 * MIB)
  const found = offHeap.find(incident({ runtimeMemory }))
  expect(found).toMatchObject({ confidence: 'certain', because: runtimeMemory })
  expect(found?.summary).toContain(` in ${area} against 32 MiB of heap`)
})

test('an account in which the heap is biggest blames nothing else', () => {
  const account = (direct: number) =>
    incident({
      runtimeMemory: [
        seen({
          kind: 'runtime-memory',
          runtime: 'java',
          areas: new Map([
            ['heap', 50 * MIB],
            ['direct', direct],
            ['total', 90 * MIB],
          ]),
        }),
      ],
    })
  expect(offHeap.find(account(50 * MIB))).toBeNull()
  expect(offHeap.find(account(50 * MIB + 1))).not.toBeNull()
})
