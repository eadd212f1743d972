import { expect, it } from 'vitest'
import {
  cgroupState,
  containerEvent,
  containerState,
  incident,
  NOW,
  oomReport,
  podContainer,
  podContainerState,
  podState,
  seen,
} from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { PodContainer } from '../../model/cluster.ts'
import type { Incident } from '../incident.ts'
import { engineSaysOom } from './engine-says-oom.ts'

type State = NonNullable<PodContainer['state']>

function ending(exitCode: number | null, change: Partial<NonNullable<Incident['ending']>> = {}) {
  return { at: NOW, exitCode, signal: null, askedBy: null, because: [], ...change }
}

/** Docker's flag, and nothing of the kernel. */
function flagged(change: Partial<Incident> = {}): Incident {
  return incident({
    reports: [],
    mainProcessDied: null,
    container: seen(containerState()),
    ending: ending(137),
    ...change,
  })
}

function ofPod(state: Partial<State>, change: Partial<Incident> = {}): Incident {
  const container = podContainer({ lastState: podContainerState(state) })
  return flagged({ container: null, pod: seen(podState()), podContainer: container, ...change })
}

it.each<[string, Incident, object]>([
  [
    'the flag of its engine',
    flagged(),
    { confidence: 'likely', mainProcessDied: true, binding: { limitBytes: 100 * MIB } },
  ],
  [
    'the flag of its engine, before its limit was updated',
    flagged({ events: [seen(containerEvent('update'), NOW + 1)] }),
    {
      confidence: 'possible',
      binding: { limitBytes: null },
      summary: expect.stringMatching(/its own limit: .* updated since\.$/),
    },
  ],
  [
    'the flag of its engine, after its limit was updated',
    flagged({ events: [seen(containerEvent('update'), NOW - 1)] }),
    { confidence: 'likely', binding: { limitBytes: 100 * MIB } },
  ],
  [
    'an event of its engine',
    flagged({ container: null, events: [seen(containerEvent('oom'))] }),
    { confidence: 'possible', mainProcessDied: true, binding: { limitBytes: null } },
  ],
  [
    'a main process that lived on, and ended by itself',
    flagged({ ending: ending(1) }),
    {
      mainProcessDied: false,
      summary: expect.stringMatching(/^A child process .* exit code 1\.$/),
    },
  ],
  [
    'an end of which no code is known',
    flagged({ ending: ending(null) }),
    { mainProcessDied: null },
  ],
  ['the reason of Kubernetes', ofPod({}), { confidence: 'likely' }],
  ['that reason, a moment from the end', ofPod({ finishedAt: NOW + 1_999 }), {}],
  ['that reason, whenever it was', ofPod({ finishedAt: null }), {}],
  ['that reason, where nobody dated the end', ofPod({}, { ending: ending(137, { at: null }) }), {}],
])('%s is believed', (_, found, answer) => {
  expect(engineSaysOom.ask(found)).toMatchObject({ answer: 'holds', ...answer })
})

it('begins its sentence as one', () => {
  const answer = engineSaysOom.ask(flagged())
  expect(answer).toMatchObject({ summary: expect.stringMatching(/^Container web was OOM-killed/) })
})

it.each<[string, Incident]>([
  ['nobody says so', flagged({ container: seen(containerState({ oomKilled: false })) })],
  ['the kernel tells itself', flagged({ reports: [seen(oomReport())] })],
  [
    'an earlier kill was told, and this end is another',
    flagged({ earlierKills: [seen(oomReport())], ending: ending(1) }),
  ],
  [
    'somebody asked for the end',
    flagged({ ending: ending(137, { askedBy: seen(containerEvent('kill')) }) }),
  ],
  ['Kubernetes says it of another end', ofPod({ finishedAt: NOW - 2_000 })],
  ['Kubernetes says it of an earlier life, and it runs', ofPod({}, { ending: null })],
  ['Kubernetes has another reason', ofPod({ reason: 'Error' })],
])('nothing is shown where %s', (_, found) => {
  expect(engineSaysOom.ask(found)).toEqual({ answer: 'not-shown' })
})

it('an earlier kill does not speak against a kill', () => {
  const again = flagged({ earlierKills: [seen(oomReport())] })
  expect(engineSaysOom.ask(again)).toMatchObject({ answer: 'holds' })
})

it('is outweighed by a log that was there and is silent, and by counters of a life that goes on', () => {
  const silent = seen({
    ...{ kind: 'kernel-log-coverage', lines: 9, firstBootSeconds: 0, lastBootSeconds: 9_999 },
    ...{ firstAt: null, lastAt: null, truncated: false },
  } as const)
  expect(engineSaysOom.ask(flagged({ coverage: [silent] }))).toMatchObject({ answer: 'ruled-out' })
  const none = { low: null, high: null, max: null, oom: 0, oomKill: 0, oomGroupKill: null }
  const own = seen(cgroupState({ events: none, eventsLocal: none }))
  const groups = { own, ancestors: [], nested: [] }
  expect(engineSaysOom.ask(flagged({ groups, alive: true }))).toEqual({
    answer: 'ruled-out',
    because: [own],
  })
  expect(engineSaysOom.ask(flagged({ groups }))).toMatchObject({ answer: 'holds' })
})
