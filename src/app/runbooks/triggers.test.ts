import { afterEach, describe, expect, it, vi } from 'vitest'
import { sampleCase } from '../../../test/support/sample-case.ts'
import type { Case } from '../../model/case.ts'
import { readRunbook } from '../../runbooks/document/read-runbook.ts'
import { MOST_IN_AN_HOUR } from '../../runbooks/trigger/gate.ts'
import type { KeptAlert } from '../../store/database/types.ts'
import { createTriggers } from './triggers.ts'
import type { TriggeredRun, Triggers, TriggersOptions } from './triggers.ts'

const NOW = Date.UTC(2026, 10, 22)
const HOST = { id: 'h1', name: 'n1' }

const book = (id: string, about: string) => {
  const text = `---\nid: ${id}\n${about}\n---\n# ${id}\n`
  return { path: `${id}.md`, text, read: readRunbook(text, `${id}.md`) }
}
const CONTAINER =
  'params:\n  container: { type: container }\n  engine: { type: engine, default: docker }\n  case: { type: case }'
const SHELF = [
  book('oom', `alerts: [ContainerOOMKill]\ncases: ["verdict == oom-own-limit"]\n${CONTAINER}`),
  book('queue', 'alerts: [ScannerQueueBacklog]'),
]

interface Place {
  triggers: Triggers
  /** What was begun. */
  runs: TriggeredRun[]
  says: string[]
  noted: [run: string, caseOf: string | null][]
}

let place: Place | null = null
afterEach(() => place?.triggers.stop())

function placeWith(change: Partial<TriggersOptions> = {}): Place {
  const runs: TriggeredRun[] = []
  const says: string[] = []
  const noted: Place['noted'] = []
  const triggers = createTriggers({
    host: HOST,
    now: () => NOW,
    shelf: () => SHELF,
    before: [],
    begin: async (order) => ({ run: `run-${runs.push(order)}`, rested: Promise.resolve() }),
    isOpen: () => false,
    noteAgain: async (run, origin) =>
      void noted.push([run, origin.kind === 'person' ? null : origin.case]),
    caseOf: async (id) => found('web', id),
    onSays: (sentence) => says.push(sentence),
    settleMs: 0,
    ...change,
  })
  place = { triggers, runs, says, noted }
  return place
}

function found(name: string, id = `c_${'0'.repeat(8)}`): Case {
  return sampleCase({ id, at: NOW, subject: { platform: 'docker', name, id: name, image: null } })
}

function happens({ triggers }: Place, one: Case, incident = one.id, revision = 1): void {
  triggers.takeCase({ kind: 'case', at: NOW, incident, revision, case: one })
}

function alert(labels: Record<string, string>, change: Partial<KeptAlert> = {}): KeptAlert {
  return {
    fingerprint: JSON.stringify(labels),
    startsAt: NOW,
    endsAt: null,
    heardAt: NOW,
    state: 'firing',
    labels,
    annotations: {},
    generatorUrl: null,
    case: null,
    ...change,
  }
}

function summaryOf(one: Case, host = HOST): NonNullable<KeptAlert['case']> {
  const { id, subject, verdict } = one
  const sizes = { limitBytes: null, usageBytes: null, victim: null }
  return {
    id,
    incident: id,
    revision: 1,
    host,
    at: NOW,
    recordedAt: NOW,
    subject,
    verdict,
    ...sizes,
  }
}

const begun = (at: Place) =>
  at.runs.map(({ book: { path }, given }) => [path, given.get('container')])

describe('a new case', () => {
  it('opens its runbook with what is known of it a moment later', async () => {
    const at = placeWith({ settleMs: 20 })
    happens(at, found('c0ffee', 'c_00000001'), 'kill')
    happens(at, found('web', 'c_00000002'), 'kill', 2)
    await vi.waitFor(() => expect(begun(at)).toEqual([['oom.md', 'web']]))
    expect(at.runs[0]).toMatchObject({ origin: { kind: 'case', case: 'c_00000002' } })
    expect(at.runs[0]?.withinMs).toBeLessThan(60_000)
    happens(at, found('web', 'c_00000003'), 'kill', 3)
    expect(at.triggers.lately()).toMatchObject([{ did: 'opened', run: 'run-1', runbook: 'oom' }])
  })

  it('that was before the server opens nothing, nor does one that no runbook is for', async () => {
    const at = placeWith()
    happens(at, { ...found('old'), at: NOW - 1 }, 'old')
    happens(at, { ...found('calm'), verdict: { ...found('').verdict, code: 'exited' } }, 'calm')
    happens(at, found('web'), 'kill')
    await vi.waitFor(() => expect(begun(at)).toEqual([['oom.md', 'web']]))
  })
})

describe('an alert', () => {
  it('and the case of the same kill open one run, whichever comes first', async () => {
    const one = found('web', 'c_00000001')
    const told = alert(
      { alertname: 'ContainerOOMKill', target: 'docker:web' },
      { case: summaryOf(one) },
    )
    const first = placeWith()
    await first.triggers.takeAlerts([told])
    happens(first, one)
    await vi.waitFor(() => expect(first.triggers.lately()).toHaveLength(2))
    first.triggers.stop()
    const second = placeWith()
    happens(second, one)
    await vi.waitFor(() => expect(second.runs).toHaveLength(1))
    await second.triggers.takeAlerts([told, alert({ alertname: 'ContainerOOMKill' })])
    for (const { runs, triggers } of [first, second]) {
      expect(runs).toHaveLength(1)
      expect(triggers.lately()[0]).toMatchObject({ did: 'seen-again', run: 'run-1' })
    }
  })

  it('that knows less than the case of the same kill is about the same', async () => {
    const at = placeWith()
    happens(at, found('web'))
    await vi.waitFor(() => expect(at.runs).toHaveLength(1))
    await at.triggers.takeAlerts([alert({ alertname: 'ContainerOOMKill', name: 'web' })])
    expect(at.triggers.lately()[0]).toMatchObject({ did: 'seen-again', run: 'run-1' })
    await at.triggers.takeAlerts([alert({ alertname: 'ContainerOOMKill', name: 'shop' })])
    expect(at.runs).toHaveLength(2)
  })

  it('of another machine, or that has ended, opens nothing here', async () => {
    const at = placeWith()
    const labels = { alertname: 'ContainerOOMKill', target: 'docker:web' }
    await at.triggers.takeAlerts([
      alert({ ...labels, host: 'n2' }),
      alert(labels, { case: summaryOf(found('web'), { id: 'h2', name: 'n2' }) }),
      alert(labels, { state: 'resolved' }),
      alert({ alertname: 'Other' }),
    ])
    expect(at.triggers.lately()).toEqual([])
  })

  it('opens the runbook that names it, and not that of a case at the same time', async () => {
    const at = placeWith()
    const host = alert(
      { alertname: 'ScannerQueueBacklog', host: 'n1' },
      { case: summaryOf(found('web')) },
    )
    await at.triggers.takeAlerts([host])
    expect(begun(at)).toEqual([['queue.md', undefined]])
  })

  it('passes on nothing that is none of its type, and says so', async () => {
    const at = placeWith()
    await at.triggers.takeAlerts([
      alert({ alertname: 'ContainerOOMKill', name: '--rm\n\u001b[2J' }),
    ])
    expect(begun(at)).toEqual([['oom.md', undefined]])
    expect(at.triggers.lately()[0]?.left).toHaveLength(2)
    expect(at.says.join('')).not.toContain('\u001b')
  })
})

describe('a storm', () => {
  it('of a thousand alerts begins some runs, three at a time, and says what was left out', async () => {
    let going = 0
    let most = 0
    const at = placeWith({
      begin: async () => {
        most = Math.max(most, ++going)
        const rested = Promise.resolve().then(() => void going--)
        return { run: 'run', rested }
      },
    })
    const storm = Array.from({ length: 1_000 }, (_, index) =>
      alert({ alertname: 'ContainerOOMKill', name: `web-${index}` }),
    )
    await at.triggers.takeAlerts(storm)
    await vi.waitFor(() =>
      expect(at.says.filter((says) => says.includes('has opened'))).toHaveLength(MOST_IN_AN_HOUR),
    )
    expect(most).toBeLessThanOrEqual(3)
    expect(at.says.filter((says) => says.includes('within an hour'))).toHaveLength(1)
    expect(at.triggers.lately()[0]).toMatchObject({ did: expect.any(String), runbook: 'oom' })
  })

  it('of kills of one container is noted at its run, each case', async () => {
    const at = placeWith()
    happens(at, found('web', 'c_00000001'))
    await vi.waitFor(() => expect(at.runs).toHaveLength(1))
    for (let index = 2; index < 6; index++) happens(at, found('web', `c_0000000${index}`))
    await vi.waitFor(() => expect(at.noted).toHaveLength(4))
    expect(at.noted[0]).toEqual(['run-1', 'c_00000002'])
  })
})

it('a runbook that cannot be begun is told, and ends nothing', async () => {
  const at = placeWith({ begin: () => Promise.reject(new Error('no')) })
  await at.triggers.takeAlerts([alert({ alertname: 'ScannerQueueBacklog' })])
  await vi.waitFor(() => expect(at.says.join('')).toContain('was not opened'))
  expect(at.triggers.lately()).toMatchObject([{ did: 'left-out' }])
})
