import { describe, expect, test } from 'vitest'
import {
  cgroupState,
  containerState,
  incident,
  NOW,
  oomReport,
  seen,
} from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { CgroupState, ContainerState } from '../../model/facts.ts'
import type { Incident } from '../incident.ts'
import { killedByOther } from './killed-by-other.ts'

const NO_KILLS = { low: 0, high: 0, max: 0, oom: 0, oomKill: 0, oomGroupKill: 0 }
const silentLog = seen({
  kind: 'kernel-log-coverage',
  lines: 9,
  firstBootSeconds: null,
  lastBootSeconds: null,
  firstAt: NOW - 1,
  lastAt: NOW + 1,
  truncated: false,
})

interface Known {
  exitCode?: number | null
  signal?: number | null
  group?: Partial<CgroupState>
  container?: Partial<ContainerState>
  log?: boolean
  reports?: Incident['reports']
}

/** Ended with 137 where nothing else is told; what is known of it beside that. */
function ended({ exitCode = 137, signal = null, group, container, log, reports }: Known) {
  const end = seen({ kind: 'exit-status', exitCode, signal })
  return incident({
    reports: reports ?? [],
    ending: { at: NOW, exitCode, signal, askedBy: null, because: [end] },
    groups: {
      own: group === undefined ? null : seen(cgroupState(group)),
      ancestors: [],
      nested: [],
    },
    container: container === undefined ? null : seen(containerState(container)),
    coverage: log === true ? [silentLog] : [],
  })
}

function verdictOf(known: Known): unknown {
  return killedByOther.ask(ended(known))
}

const HOLDS = { answer: 'holds', binding: { scope: 'none' }, mainProcessDied: true }
const OPEN = { answer: 'not-shown' }

describe('SIGTERM', () => {
  test.each([
    ['told as a signal', { exitCode: null, signal: 15 }],
    ['told as a signal, with a code of its own', { exitCode: 1, signal: 15 }],
    ['told as 143', { exitCode: 143 }],
  ])('%s is no kill for memory, whatever else is known', (_told, known) => {
    expect(verdictOf(known)).toMatchObject({
      ...HOLDS,
      confidence: 'certain',
      summary: expect.stringContaining('was ended by SIGTERM from outside; no out-of-memory kill'),
    })
  })

  test('is not seen in a 143 beside another signal', () => {
    expect(verdictOf({ exitCode: 143, signal: 11 })).toEqual(OPEN)
  })
})

describe('SIGKILL', () => {
  test('came from outside where the counters of cgroup v2 are at zero', () => {
    expect(verdictOf({ exitCode: null, signal: 9, group: { events: NO_KILLS } })).toMatchObject({
      ...HOLDS,
      confidence: 'likely',
      summary: expect.stringContaining('was ended by SIGKILL from outside'),
    })
  })

  test('came from outside where the counter of cgroup v1 is at zero', () => {
    const oomControl = { killDisable: false, underOom: false, oomKill: 0 }
    expect(verdictOf({ group: { version: 1, oomControl } })).toMatchObject(HOLDS)
  })

  test('may be a code that the program chose, where no signal is told', () => {
    expect(verdictOf({ group: { events: NO_KILLS } })).toMatchObject({
      summary: expect.stringContaining('or by its own choice of that code'),
    })
  })

  test.each([
    ['nothing is known', {}],
    ['a silent log is all there is, for it may have lost its lines', { log: true }],
    ['beside a silent log the engine does not say', { log: true, container: { oomKilled: null } }],
    ['the engine alone denies it', { container: { oomKilled: false } }],
    ['Podman denies it, which it does after real kills too', podman(false)],
    ['the engine says so, whatever the counters say', flagged()],
    ['the group counted one', { log: true, group: { events: { ...NO_KILLS, oomKill: 1 } } }],
  ])('is open where %s', (_what, known) => {
    expect(verdictOf(known)).toEqual(OPEN)
  })

  test.each([
    ['came from outside where the log is silent and the engine denies it', {}, HOLDS],
    [
      'came from outside where both do, and it stood below its limit',
      { limitBytes: 100 * MIB, peakBytes: 90 * MIB },
      HOLDS,
    ],
    [
      'came from outside where both do, and it had no limit',
      { limitBytes: null, peakBytes: 90 * MIB },
      HOLDS,
    ],
    [
      'is open where both do, and it had stood at its limit',
      { limitBytes: MIB, peakBytes: MIB },
      OPEN,
    ],
  ])('%s', (_what, group, verdict) => {
    expect(verdictOf({ log: true, container: { oomKilled: false }, group })).toMatchObject(verdict)
  })

  test('is the kernel’s own where it reported a kill', () => {
    const known = { group: { events: NO_KILLS }, reports: [seen(oomReport())] }
    expect(verdictOf(known)).toMatchObject({ answer: 'ruled-out' })
  })
})

test('whoever lives, or ended by itself, was not ended by somebody', () => {
  expect(killedByOther.ask(incident({ reports: [], alive: true }))).toEqual(OPEN)
  expect(verdictOf({ exitCode: 1, log: true, group: { events: NO_KILLS } })).toEqual(OPEN)
})

function podman(oomKilled: boolean): Known {
  return { log: true, container: { engine: 'podman', oomKilled } }
}

function flagged(): Known {
  return { log: true, group: { events: NO_KILLS }, container: { oomKilled: true } }
}
