import { expect, test } from 'vitest'
import {
  cgroupState,
  containerState,
  incident,
  oomReport,
  seen,
} from '../../../test/support/incident.ts'
import type { Incident } from '../incident.ts'
import { kernelAncestorLimit } from './kernel-ancestor-limit.ts'

const POD = '3f0e6a34-1c1f-4d5e-9a63-0b6f3c8d2a11'

/** A container was killed at the limit of 100 MiB of the group above it. */
function killedFor(above: string, change: Partial<Incident> = {}): Incident {
  const path = `${above}/web`
  const fact = oomReport({ oomMemcg: above, taskMemcg: path })
  return incident({ path, reports: [seen(fact)], ...change })
}

test.each([
  [`/kubepods/pod${POD}`, `pod ${POD}`],
  ['/system.slice/shop.service', 'shop.service'],
  ['/batch', '/batch'],
])(
  '%s above a container is told as %s, and no limit of its own where it has none',
  (above, told) => {
    expect(kernelAncestorLimit.ask(killedFor(above))).toMatchObject({
      answer: 'holds',
      confidence: 'certain',
      summary: `The kernel's OOM killer ended app (PID 4321) of container web because the limit of 100 MiB of ${told} above it was reached.`,
      binding: { scope: 'ancestor', path: above },
      against: [],
    })
  },
)

test('a container with a limit of its own is told that another one was reached', () => {
  expect(
    kernelAncestorLimit.ask(killedFor('/batch', { container: seen(containerState()) })),
  ).toMatchObject({
    summary: expect.stringMatching(
      /above it was reached\. Its own limit of 100 MiB is not the one that was reached\.$/,
    ),
  })
})

test('what its own group says speaks against it, and what those above say for it', () => {
  const own = seen(cgroupState({ path: '/batch/web' }))
  const above = seen(cgroupState({ path: '/batch' }))
  const given = killedFor('/batch', { groups: { own, ancestors: [above], nested: [] } })
  expect(kernelAncestorLimit.ask(given)).toMatchObject({
    because: [...given.reports, above],
    against: [own],
  })
})

const cutShort = oomReport({ oomMemcg: '/docker', kills: [], missing: ['kill'] })
const machineRanOut = oomReport({ oomMemcg: '/docker', constraint: 'none' })

test.each([
  ['names nobody it killed', incident({ reports: [seen(cutShort)] })],
  ['names its own limit', incident()],
  ['says that the machine ran out', incident({ reports: [seen(machineRanOut)] })],
])('a report that %s tells of no kill at a limit above', (_what, given) => {
  expect(kernelAncestorLimit.ask(given)).toEqual({ answer: 'ruled-out', because: given.reports })
})
