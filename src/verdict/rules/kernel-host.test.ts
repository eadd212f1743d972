import { expect, test } from 'vitest'
import {
  containerState,
  hostWith,
  incident,
  oomReport,
  seen,
} from '../../../test/support/incident.ts'
import { GIB } from '../../model/bytes.ts'
import type { HostMemoryAtOom, OomReport } from '../../model/kernel.ts'
import type { Incident } from '../incident.ts'
import { kernelHost } from './kernel-host.ts'

const KILL = "The kernel's OOM killer ended app (PID 4321)"

function machineRanOut(
  host: Partial<HostMemoryAtOom> | null,
  change: Partial<Incident> = {},
  report: Partial<OomReport> = {},
): Incident {
  const nothing = {
    totalRamBytes: null,
    freeBytes: null,
    totalSwapBytes: null,
    freeSwapBytes: null,
  }
  const fact = oomReport({
    constraint: 'none',
    globalOom: true,
    oomMemcg: null,
    memory: null,
    host: host === null ? null : { ...nothing, ...host },
    ...report,
  })
  return incident({ reports: [seen(fact)], ...change })
}

const meminfo = seen(hostWith({ totalBytes: 8 * GIB, availableBytes: 6 * GIB }))

test('how much memory the machine has is told by the report of that moment before /proc/meminfo of now', () => {
  const given = machineRanOut(
    { totalRamBytes: 4 * GIB, freeBytes: GIB / 32 },
    { hostMemory: meminfo },
  )
  expect(kernelHost.ask(given)).toEqual({
    answer: 'holds',
    confidence: 'certain',
    summary: `${KILL} of container web because the machine (4 GiB of memory) ran out.`,
    mainProcessDied: true,
    binding: {
      scope: 'host',
      path: null,
      limitBytes: 4 * GIB,
      usageBytes: null,
      hostAvailableBytes: GIB / 32,
    },
    because: [...given.reports, meminfo],
    against: [],
  })
})

test.each<[string, Partial<HostMemoryAtOom> | null]>([
  ['without figures of the machine', null],
  ['with its free memory alone', { freeBytes: GIB / 32 }],
])('a report %s leaves it to /proc/meminfo how much the machine has', (_what, host) => {
  expect(kernelHost.ask(machineRanOut(host, { hostMemory: meminfo }))).toMatchObject({
    summary: expect.stringContaining('the machine (8 GiB of memory) ran out'),
    binding: { limitBytes: 8 * GIB },
  })
})

test('a machine whose size nobody tells ran out all the same, and the report alone says so', () => {
  const given = machineRanOut(null)
  expect(kernelHost.ask(given)).toMatchObject({
    confidence: 'certain',
    summary: `${KILL} of container web because the machine ran out.`,
    binding: { scope: 'host', limitBytes: null },
    because: given.reports,
  })
})

test('a container is told that a higher limit does not help where the machine ran out', () => {
  const given = machineRanOut(null, { container: seen(containerState()) })
  expect(kernelHost.ask(given)).toMatchObject({
    summary: expect.stringMatching(
      /ran out\. Its own limit of 100 MiB was not reached, so raising it does not help\.$/,
    ),
  })
})

test('a process of the machine is not said to be of a container', () => {
  const subject = { platform: 'host', name: null, id: null, image: null } as const
  expect(kernelHost.ask(machineRanOut(null, { subject }))).toMatchObject({
    summary: `${KILL} because the machine ran out.`,
  })
})

const TOTAL = 5 * GIB

test.each([
  ['a fifth of it was free', machineRanOut({ totalRamBytes: TOTAL, freeBytes: TOTAL / 5 })],
  [
    'most of it was free, and who asked is lost',
    machineRanOut({ totalRamBytes: TOTAL, freeBytes: TOTAL / 5 }, {}, { trigger: null }),
  ],
])('%s: that the machine ran out is contradicted by its own figures', (_what, given) => {
  expect(kernelHost.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'possible',
    summary: expect.stringMatching(
      /its own figures contradict it: 1 GiB were free\. A memory group/,
    ),
  })
})

const pages = { pid: 4321, name: 'app', gfpMask: null, order: 3, oomScoreAdj: 0 }

test.each([
  ['less than a fifth was free', { totalRamBytes: TOTAL, freeBytes: TOTAL / 5 - 1 }, {}],
  [
    'eight pages in a row may be missing where much is free',
    { totalRamBytes: TOTAL, freeBytes: 4 * GIB },
    { trigger: pages },
  ],
  ['of how much is not told', { freeBytes: 4 * GIB }, {}],
  ['nobody tells what was free', { totalRamBytes: TOTAL }, {}],
])('%s: nothing contradicts that the machine ran out', (_what, host, report) => {
  expect(kernelHost.ask(machineRanOut(host, {}, report))).toMatchObject({
    confidence: 'certain',
    summary: expect.stringMatching(/ran out\.$/),
  })
})

test.each([
  ['names nobody it killed', machineRanOut(null, {}, { kills: [] })],
  ['names the limit of a group', incident()],
])('a report that %s does not say that a machine without memory ended it', (_what, given) => {
  expect(kernelHost.ask(given)).toEqual({ answer: 'ruled-out', because: given.reports })
})
