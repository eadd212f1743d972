import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cgroupState, incident, oomReport, PATH, seen } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { CgroupState, MemoryEvents } from '../../model/facts.ts'
import { cgroupState as readCgroupState } from '../../parsers/cgroup/index.ts'
import type { Incident } from '../incident.ts'
import {
  countersAncestorLimit,
  countersHost,
  countersNestedLimit,
  countersOwnLimit,
} from './counters-say-kill.ts'

const RULES = {
  own: countersOwnLimit,
  nested: countersNestedLimit,
  ancestor: countersAncestorLimit,
  host: countersHost,
}

function counted(oom: number | null, oomKill: number | null): MemoryEvents {
  return { low: null, high: null, max: null, oom, oomKill, oomGroupKill: null }
}

/** Nothing of the kernel's log is there. */
function withGroups(
  own: Partial<CgroupState>,
  ...above: readonly Partial<CgroupState>[]
): Incident {
  const ancestors = above.map((one) => seen(cgroupState({ path: '/above', ...one })))
  return incident({
    reports: [],
    groups: { own: seen(cgroupState(own)), ancestors, nested: [] },
  })
}

const V1 = (failcnt: number | null, oomKill: number | null): Partial<CgroupState> => ({
  version: 1,
  failcnt,
  oomControl: { killDisable: false, underOom: false, oomKill },
})
/** `failcnt` is 0 there. */
const RECORDED = ((): CgroupState => {
  const folder = new URL('../../../fixtures/cgroup/v1-child-killed/', import.meta.url)
  const files = readdirSync(folder).map(
    (file) => [file, readFileSync(new URL(file, folder), 'utf8')] as const,
  )
  return readCgroupState(new Map(files), '/docker/x')
})()
/** Of cgroup v2: in the hierarchy, and in the group alone. */
const V2 = (all: MemoryEvents | null, here: MemoryEvents | null): Partial<CgroupState> => ({
  events: all,
  eventsLocal: here,
})

it.each<[string, Incident, keyof typeof RULES, string, string | null]>([
  [
    'v2: out of memory and killed here',
    withGroups(V2(counted(1, 1), counted(1, 1))),
    'own',
    'certain',
    PATH,
  ],
  [
    'v2 before 5.2: nothing is counted apart',
    withGroups(V2(counted(1, 1), null)),
    'own',
    'likely',
    PATH,
  ],
  ['v2: killed below', withGroups(V2(counted(2, 1), counted(0, 0))), 'nested', 'likely', PATH],
  [
    'v2: killed here, out of memory above',
    withGroups(V2(counted(0, 1), counted(0, 1)), V2(null, counted(0, 0)), V2(null, counted(3, 0))),
    'ancestor',
    'certain',
    '/above',
  ],
  [
    'v2: killed here, out of memory nowhere',
    withGroups(V2(counted(0, 2), counted(0, 2)), V2(null, counted(0, 0)), V2(null, null)),
    'host',
    'possible',
    null,
  ],
  ['v1: killed here, at the limit here', withGroups(V1(7, 1)), 'own', 'likely', PATH],
  [
    'v1: killed here, and nobody kept whether at its limit',
    withGroups(V1(null, 1)),
    'own',
    'possible',
    PATH,
  ],
  [
    'v1: killed here, and nobody kept whether at its limit, at the limit above',
    withGroups(V1(null, 1), { ...V1(9, 0), limitBytes: 256 * MIB }),
    'ancestor',
    'likely',
    '/above',
  ],
  [
    'v1: killed here, at the limit here by its mark, as recorded of a container whose limit counts swap',
    withGroups(RECORDED),
    'own',
    'likely',
    '/docker/x',
  ],
  [
    'v1: killed here, at the limit above by its mark',
    withGroups(V1(0, 1), { ...V1(0, 0), limitBytes: 256 * MIB, peakBytes: 256 * MIB }),
    'ancestor',
    'likely',
    '/above',
  ],
  [
    'v1: killed here, and no mark reaches a limit',
    withGroups({ ...V1(0, 1), peakBytes: 99 * MIB }, { ...V1(0, 0), peakBytes: 99 * MIB }),
    'host',
    'possible',
    null,
  ],
  [
    'v1: killed here, at the limit above',
    withGroups(V1(0, 1), { ...V1(0, 0) }, { ...V1(9, 0), limitBytes: 256 * MIB }),
    'ancestor',
    'likely',
    '/above',
  ],
  [
    'v1: killed here, and what is above has no limit',
    withGroups(V1(0, 1), { ...V1(9, 0), limitBytes: null }),
    'host',
    'possible',
    null,
  ],
])('%s', (_, found, domain, confidence, limitPath) => {
  for (const [name, rule] of Object.entries(RULES)) {
    const answer = rule.ask(found)
    if (name !== domain) expect(answer, name).toEqual({ answer: 'not-shown' })
    else expect(answer).toMatchObject({ answer: 'holds', confidence, binding: { path: limitPath } })
  }
})

it.each<[string, Incident]>([
  ['nothing was killed', withGroups(V2(counted(5, 0), counted(5, 0)))],
  ['nothing was killed, below v1', withGroups(V1(99, 0))],
  ['nothing is counted', withGroups({})],
  ['no group is known', incident({ reports: [] })],
  [
    'the log tells more than they do',
    { ...withGroups(V2(counted(1, 1), counted(1, 1))), reports: [seen(oomReport())] },
  ],
])('counters show no kill where %s', (_, found) => {
  for (const rule of Object.values(RULES)) expect(rule.ask(found)).toEqual({ answer: 'not-shown' })
})

it.each([
  [1, 'acted once'],
  [2, 'acted 2 times'],
])('%i kills are told', (kills, says) => {
  const answer = countersOwnLimit.ask(withGroups(V2(counted(kills, kills), counted(kills, kills))))
  expect(answer).toMatchObject({ summary: expect.stringContaining(says) })
})

it('a limit above that nobody recorded is not said to have held', () => {
  const killed = V2(counted(0, 1), counted(0, 1))
  expect(countersHost.ask(withGroups(killed))).toMatchObject({
    summary: expect.stringContaining('a limit above it was reached that is not recorded'),
  })
  const seenAbove = withGroups(killed, V2(counted(0, 0), counted(0, 0)))
  expect(countersHost.ask(seenAbove)).toMatchObject({
    summary: expect.stringContaining('no limit of its own or above it was reached'),
  })
})
