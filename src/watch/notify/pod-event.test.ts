import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { holdDocuments } from '../../../test/support/documents.ts'
import { containerId, podGroup, podObject } from '../../../test/support/pods.ts'
import { SAMPLE_PROCESS, sampleCase } from '../../../test/support/sample-case.ts'
import { VERDICT_CODES } from '../../model/case.ts'
import { CASE_ANNOTATION } from '../../parsers/kubernetes/told-kill.ts'
import type { Case } from '../../model/case.ts'
import { field, textField } from '../../parsers/json-fields.ts'
import { readObject } from '../../parsers/kubernetes/objects.ts'
import { createPods } from '../pods.ts'
import type { PodPlace } from '../pods.ts'
import { incidentIn, podEvent } from './pod-event.ts'

const ID = containerId('a')
const LINE = `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=${podGroup(ID)},task_memcg=${podGroup(ID)},task=python3,pid=4321,uid=0`

function placeOf(shape: Parameters<typeof podObject>[0] = {}): PodPlace {
  const pods = createPods('node-1')
  pods.take(podObject({ ids: { app: ID }, ...shape }), 0)
  const place = pods.at(podGroup(ID))
  if (place === null) throw new Error('it is known')
  return place
}

function eventOf(found: Partial<Case> = {}, place: PodPlace = placeOf()) {
  return podEvent({ incident: 'boot-7', found: sampleCase(found), place, node: 'node-1', now: 0 })
}

function documentIn(event: ReturnType<typeof eventOf>): unknown {
  const annotation = event?.annotation ?? 'null'
  holdDocuments(annotation)
  return JSON.parse(annotation)
}

/** What the API server asks of an Event (pkg/apis/core/validation/events.go). */
function expectTaken(event: ReturnType<typeof eventOf>): void {
  expect(event?.name).toMatch(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
  expect(Buffer.byteLength(textField(event?.body, 'note') ?? '')).toBeLessThanOrEqual(1_024)
  expect(Buffer.byteLength(event?.annotation ?? '')).toBeLessThanOrEqual(4_096)
  expect(textField(event?.body, 'eventTime')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/)
  for (const key of ['reason', 'action', 'reportingController', 'reportingInstance']) {
    expect(textField(event?.body, key)).toMatch(/^\S{1,128}$/)
  }
}

it('regards the container of the pod, and says what was reached and what to do next', () => {
  const event = eventOf()
  expectTaken(event)
  expect(event?.body).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: 'shop', name: expect.stringMatching(/^cart-0\.[0-9a-f]{16}$/) },
    regarding: {
      kind: 'Pod',
      namespace: 'shop',
      name: 'cart-0',
      fieldPath: 'spec.containers{app}',
    },
    type: 'Warning',
    reason: 'MemoryLimitReached',
    action: 'Killed',
    reportingController: 'stella.dev/agent',
    reportingInstance: 'node-1',
    note: expect.stringMatching(/its own limit of 32 MiB.* See: kubectl stella why shop\/cart-0$/),
  })
  expect(field(event?.body, 'metadata', 'annotations')).toEqual({
    [CASE_ANNOTATION]: event?.annotation,
  })
})

it('carries the kill for programs', () => {
  const evidence = [
    {
      id: 'e1',
      source: 'kmsg' as const,
      at: null,
      says: '',
      excerpt: `6,7,8,-;${LINE}\n`,
      from: '',
    },
  ]
  expect(documentIn(eventOf({ evidence }))).toEqual({
    schema: 'stella.event/1',
    incident: 'boot-7',
    case: 'c_5f3a',
    code: 'oom-own-limit',
    confidence: 'certain',
    at: '2026-05-01T10:20:30.456Z',
    node: 'node-1',
    podUid: 'dfc253b9-c320-4d94-a8b4-1be260052a40',
    container: 'app',
    containerId: ID,
    owner: null,
    constraint: 'memcg',
    cgroup: '/docker/c0ffee',
    taskCgroup: podGroup(ID),
    limitBytes: 33_554_432,
    usageBytes: 33_554_432,
    mainProcessDied: true,
    victims: [
      {
        pid: 4321,
        name: 'python3',
        uid: 0,
        anonRssBytes: 30_408_704,
        fileRssBytes: 1_048_576,
        shmemRssBytes: 0,
        totalVmBytes: 104_857_600,
        pageTableBytes: null,
        oomScoreAdj: 0,
      },
    ],
    moreVictims: 0,
    trigger: { pid: 4321, name: 'python3' },
    items: expect.any(Array),
    line: LINE,
  })
  expect(incidentIn(eventOf()?.annotation ?? null)).toBe('boot-7')
})

describe('its name', () => {
  const nameOf = (found: Partial<Case>, place?: PodPlace) => eventOf(found, place)?.name

  it('is one for every kill of a container at a limit, and another where something else happened', () => {
    const { binding, verdict } = sampleCase()
    const first = nameOf({})
    expect(nameOf({ at: 5, id: 'c_other', victims: [] })).toBe(first)
    expect(nameOf({ binding: { ...binding, limitBytes: 1 } })).not.toBe(first)
    expect(nameOf({ verdict: { ...verdict, code: 'oom-ancestor-limit' } })).not.toBe(first)
    const other = placeOf({ uid: '00000000-c320-4d94-a8b4-1be260052a40' })
    expect(nameOf({}, other)).not.toBe(first)
  })

  it('is taken by the API server for the longest name of a pod, too', () => {
    expectTaken(eventOf({}, placeOf({ name: `${'a'.repeat(199)}.${'b'.repeat(53)}` })))
  })
})

it('stays within what is taken, whatever the case says', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 3_000 }),
      fc.integer({ min: 0, max: 400 }),
      fc.string({ unit: 'grapheme', maxLength: 900 }),
      (summary, victims, excerpt) => {
        const { verdict } = sampleCase()
        const event = eventOf({
          verdict: { ...verdict, summary },
          victims: Array.from({ length: victims }, () => ({ ...SAMPLE_PROCESS, name: excerpt })),
          evidence: [
            {
              id: 'e1',
              source: 'kmsg',
              at: null,
              says: '',
              excerpt: `oom-kill:constraint=${excerpt}`,
              from: '',
            },
          ],
        })
        expectTaken(event)
        expect(documentIn(event)).toMatchObject({ schema: 'stella.event/1' })
      },
    ),
    { numRuns: 100 },
  )
})

it('tells of kills for memory, and of nothing else', () => {
  const told = VERDICT_CODES.filter(
    (code) => eventOf({ verdict: { ...sampleCase().verdict, code } }) !== null,
  )
  expect(told).toEqual([
    'oom-own-limit',
    'oom-ancestor-limit',
    'oom-nested-limit',
    'oom-host',
    'oom-numa',
    'oom-manual',
    'oom-no-victim',
    'oom-userspace',
  ])
})

it('is read back as the kill that it is, and as nothing where it is damaged', () => {
  const event = eventOf()
  const origin = { from: 'an event', readAt: null, source: null }
  const read = (value: Record<string, unknown>) =>
    readObject({ kind: 'Event', value, line: null }, origin)
  const [, told] = read({ ...event?.body })
  const document = documentIn(event)
  expect(told?.fact).toMatchObject({
    kind: 'kernel-oom',
    constraint: field(document, 'constraint'),
    oomMemcg: field(document, 'cgroup'),
    taskMemcg: field(document, 'taskCgroup'),
    kills: field(document, 'victims'),
  })
  const annotations = { [CASE_ANNOTATION]: event?.annotation.slice(0, -1) }
  const kinds = read({ ...event?.body, metadata: { annotations } }).map(({ fact }) => fact.kind)
  expect(kinds).toEqual(['kubernetes-event'])
})
