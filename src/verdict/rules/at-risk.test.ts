import { expect, test } from 'vitest'
import { cgroupState, incident, NOW, seen, toldByKubelet } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { CgroupState } from '../../model/facts.ts'
import type { Incident } from '../incident.ts'
import { atRisk } from './at-risk.ts'
import { healthy } from './healthy.ts'

/** A writer whose disk is slow, below cgroup v1 with a limit of 96 MiB, as a kernel of 6.18 counted it. */
function writer({ dirtyMib = 62, anonMib = 25 }: { dirtyMib?: number; anonMib?: number } = {}) {
  const figures: readonly [string, number][] = [
    ['total_rss', anonMib],
    ['total_cache', 63],
    ['total_shmem', 0],
    ['total_dirty', dirtyMib - 2],
    ['total_writeback', 2],
  ]
  const group = cgroupState({
    version: 1,
    limitBytes: 96 * MIB,
    usageBytes: 96 * MIB,
    kmemUsageBytes: 8 * MIB,
    stat: new Map(figures.map(([name, mib]) => [name, mib * MIB])),
  })
  return incident({
    reports: [],
    alive: true,
    groups: { own: seen(group), ancestors: [], nested: [] },
  })
}

test('a limit full of what the disk has not taken is no health: the kernel waits there, or kills', () => {
  expect(atRisk.ask(writer())).toMatchObject({
    answer: 'holds',
    summary: expect.stringMatching(/99 % .* 62 MiB of it has to be written to disk first/),
  })
})

test('page cache that is written is given back, and a healthy one says what stays', () => {
  expect(atRisk.ask(writer({ dirtyMib: 12 }))).toEqual({ answer: 'not-shown' })
  expect(healthy.ask(writer({ dirtyMib: 12 }))).toMatchObject({
    summary: expect.stringContaining('45 MiB of its limit of 96 MiB'),
  })
})

test('one that is full of its own memory waits for nobody', () => {
  expect(atRisk.ask(writer({ anonMib: 84, dirtyMib: 2 }))).toMatchObject({
    answer: 'holds',
    summary: expect.stringMatching(/free; the next growth ends in an OOM kill\.$/),
  })
})

test.each([
  { rssMib: 93, setMib: 95, confidence: 'likely', says: '93 % of its limit of 100 MiB is memory' },
  { rssMib: 20, setMib: 95, confidence: 'possible', says: 'its working set is 95 % of its limit' },
])(
  'by its kubelet, $rssMib MiB of its own in a working set of $setMib MiB of 100 MiB: $confidence',
  ({ rssMib, setMib, confidence, says }) => {
    const one = toldByKubelet({ rssBytes: rssMib * MIB, workingSetBytes: setMib * MIB })
    expect(atRisk.ask(one)).toMatchObject({
      answer: 'holds',
      confidence,
      summary: expect.stringContaining(says),
    })
  },
)

test('a kubelet that tells less is no risk, and the group itself goes before it', () => {
  const calm = toldByKubelet({ rssBytes: 20 * MIB, workingSetBytes: 30 * MIB })
  expect(atRisk.ask(calm)).toEqual({ answer: 'not-shown' })
  expect(healthy.ask(calm)).toMatchObject({
    summary: expect.stringContaining('working set of 30 MiB, of a limit of 100 MiB'),
  })
  const full = toldByKubelet({ rssBytes: 99 * MIB, workingSetBytes: 99 * MIB })
  expect(atRisk.ask({ ...full, groups: writer({ dirtyMib: 12 }).groups })).toEqual({
    answer: 'not-shown',
  })
})

/** Alive below a limit of 100 MiB; sizes in MiB. */
function living(
  anonMib: number | null,
  group: Partial<CgroupState> = {},
  change: Partial<Incident> = {},
): Incident {
  const own = cgroupState({
    usageBytes: 100 * MIB,
    stat: new Map(anonMib === null ? [] : [['anon', anonMib * MIB]]),
    ...group,
  })
  const groups = { own: seen(own), ancestors: [], nested: [] }
  return incident({ reports: [], alive: true, groups, ...change })
}

const killed = (oomKill: number) => ({ low: 0, high: 0, max: 9, oom: 1, oomKill, oomGroupKill: 0 })

test.each([
  ['nine tenths that stay', living(90), 'likely', 90],
  ['a limit that was lowered below what it holds', living(120), 'likely', 100],
  ['a kill in it before', living(95, { events: killed(1) }), 'certain', 95],
  ['no kill in it yet', living(95, { events: killed(0) }), 'likely', 95],
  ['a life of which nobody says whether it goes on', living(95, {}, { alive: null }), 'likely', 95],
])('%s: it is at risk', (_what, given, confidence, percent) => {
  expect(atRisk.ask(given)).toMatchObject({
    answer: 'holds',
    confidence,
    summary: expect.stringContaining(
      `container web is alive, and ${percent} % of its limit of 100 MiB is memory`,
    ),
    mainProcessDied: false,
    binding: { scope: 'container', limitBytes: 100 * MIB, usageBytes: 100 * MIB },
    because: [given.groups.own],
  })
})

const END = { at: NOW, exitCode: 1, signal: null, askedBy: null, because: [] }

test.each([
  ['less than nine tenths stay', living(89.9)],
  ['it is dead', living(95, {}, { alive: false })],
  ['it has ended', living(95, {}, { alive: null, ending: END })],
  ['it has no limit', living(95, { limitBytes: null, unlimited: true })],
  ['its limit is nothing, as while it is set up', living(0, { limitBytes: 0 })],
  ['nothing runs in its group', living(95, { pids: [] })],
  ['its memory was not counted', living(null)],
  ['its group was not read', living(95, {}, { groups: { own: null, ancestors: [], nested: [] } })],
])('%s: it is not said to be at risk', (_what, given) => {
  expect(atRisk.ask(given)).toEqual({ answer: 'not-shown' })
})
