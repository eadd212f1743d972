import { expect, test } from 'vitest'
import {
  cgroupState,
  containerState,
  incident,
  kill,
  NOW,
  oomReport,
  PATH,
  seen,
} from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { OomReport } from '../../model/kernel.ts'
import type { Incident } from '../incident.ts'
import { kernelNoVictim } from './kernel-no-victim.ts'

const HANGS =
  'and the kernel found nothing it may kill; allocations fail or hang until memory is freed.'

/** The kernel may kill nothing in the container, which lives on. */
function inVain(report: Partial<OomReport> = {}, change: Partial<Incident> = {}): Incident {
  const fact = oomReport({ kills: [], noKillable: true, ...report })
  return incident({ reports: [seen(fact)], mainProcessDied: null, alive: true, ...change })
}

/** What the counters of its group tell, without a kernel log. */
function counted(oomKill: number, change: Partial<Incident> = {}): Incident {
  const events = { low: 0, high: 0, max: 9, oom: 2, oomKill, oomGroupKill: 0 }
  const groups = { own: seen(cgroupState({ events })), ancestors: [], nested: [] }
  return incident({ reports: [], alive: true, groups, ...change })
}

test('a kernel that finds nobody to kill leaves the container alive, and says at which limit', () => {
  const given = inVain()
  expect(kernelNoVictim.ask(given)).toEqual({
    answer: 'holds',
    confidence: 'certain',
    summary: `Memory ran out at the limit of 100 MiB of container web ${HANGS}`,
    mainProcessDied: false,
    binding: {
      scope: 'container',
      path: PATH,
      limitBytes: 100 * MIB,
      usageBytes: 100 * MIB,
      hostAvailableBytes: null,
    },
    because: given.reports,
    against: [],
  })
})

const JOB = `${PATH}/job`
const SERVICE = '/system.slice/shop.service'

test.each([
  ['nested', JOB, PATH, `${JOB}, a group inside container web,`],
  ['ancestor', '/batch', '/batch/web', '/batch above container web'],
  ['ancestor', SERVICE, `${SERVICE}/web`, 'shop.service above container web'],
])(
  'a limit that is not its own (%s: %s) is not told as its own',
  (scope, oomMemcg, path, whose) => {
    expect(kernelNoVictim.ask(inVain({ oomMemcg }, { path }))).toMatchObject({
      summary: `Memory ran out at the limit of 100 MiB of ${whose} ${HANGS}`,
      binding: { scope, path: oomMemcg, limitBytes: 100 * MIB },
    })
  },
)

const nowhere = { oomMemcg: null, taskMemcg: null, memory: null }
const host = { platform: 'host', name: null, id: null, image: null } as const

test.each([
  ['whose report says so', inVain({ ...nowhere, constraint: 'none' })],
  ['whose report names no group', inVain({ ...nowhere, constraint: null }, { subject: host })],
])('a machine %s has no limit that was reached: its memory ran out', (_which, given) => {
  expect(kernelNoVictim.ask(given)).toMatchObject({
    summary: `The machine ran out of memory ${HANGS}`,
    binding: { scope: 'host', path: null, limitBytes: null },
  })
})

test('a group of the machine that is no container has its own limit', () => {
  const path = '/batch'
  expect(kernelNoVictim.ask(inVain({ oomMemcg: path }, { subject: host, path }))).toMatchObject({
    binding: { scope: 'container', path, limitBytes: 100 * MIB },
  })
})

test('a group that the report does not name is taken for that of the container it speaks of', () => {
  const given = inVain(nowhere, { container: seen(containerState()) })
  expect(kernelNoVictim.ask(given)).toMatchObject({
    summary: `Memory ran out at the limit of 100 MiB of container web ${HANGS}`,
    binding: { scope: 'container', limitBytes: 100 * MIB },
  })
})

test('counters that count no kill make it likely, and are its evidence', () => {
  const given = counted(0)
  expect(kernelNoVictim.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'likely',
    binding: { scope: 'container', path: PATH, limitBytes: 100 * MIB },
    because: [given.groups.own],
  })
})

const event = seen({ kind: 'exit-status', exitCode: null, signal: null })

test.each([
  ['by somebody', event, 137, 'it was ended later by a signal from outside.'],
  ['by itself', null, 1, 'it ended later with exit code 1.'],
  ['nobody knows how', null, null, 'it ended later.'],
])(
  'one that was ended %s afterwards has died, and not by the kernel',
  (_how, askedBy, exitCode, says) => {
    const ending = { at: NOW, exitCode, signal: null, askedBy, because: [] }
    expect(kernelNoVictim.ask(inVain({}, { ending, alive: false }))).toMatchObject({
      mainProcessDied: true,
      summary: expect.stringMatching(new RegExp(`nothing it may kill; ${says}$`)),
    })
  },
)

test('whether one has died whose end and life nobody tells is not known', () => {
  expect(kernelNoVictim.ask(inVain({}, { alive: null }))).toMatchObject({ mainProcessDied: null })
})

test.each([
  ['the kernel killed in the end', inVain({ kills: [kill(4321, 'app', 98)] })],
  ['its counters count a kill', counted(1)],
  ['a kernel report names a victim', counted(0, { reports: [seen(oomReport())] })],
  ['its group was not read', incident({ reports: [], alive: true })],
])('%s: it is not said that nobody could be killed', (_what, given) => {
  expect(kernelNoVictim.ask(given)).toEqual({ answer: 'not-shown' })
})
