import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { describedNodes } from './describe-node.ts'
import { describedPods } from './describe-pod.ts'
import { seenAt } from './describe.ts'

const ORIGIN = { from: 'file', readAt: null, source: null }

describe('kubectl describe pods', () => {
  const seen = readKubernetes(fixture('describe-pods.txt'))
  const described = factsOf(seen, 'pod-state')
  const objects = factsOf(readKubernetes(fixture('objects.hand-written.json')), 'pod-state')

  it('says the same as the objects, as far as kubectl prints them', () => {
    expect(described).toHaveLength(2)
    for (const [index, pod] of described.entries()) {
      const object = objects[index]
      expect(pod.containers).toEqual(
        object?.containers.map((container) => ({
          ...container,
          // kubectl 1.32 prints neither the restart policy of init containers nor the ids of earlier lives, and cuts messages.
          role: container.role === 'sidecar' ? 'init' : container.role,
          state: container.state && { ...container.state, message: null, containerId: null },
          lastState: container.lastState && { ...container.lastState, containerId: null },
        })),
      )
      expect(pod).toMatchObject({
        namespace: object?.namespace,
        name: object?.name,
        node: 'node-7',
        phase: object?.phase,
        reason: object?.reason,
        qosClass: object?.qosClass,
        message: object?.message?.trim() ?? null,
      })
    }
  })

  it('gives the events of each pod to that pod', () => {
    expect(
      factsOf(seen, 'kubernetes-event').map(({ reason, objectName, count }) => [
        reason,
        objectName,
        count,
      ]),
    ).toEqual([
      ['BackOff', 'cart-7d9c5b6f4-x2x8z', 7],
      ['Evicted', 'report-28871', null],
    ])
  })

  it('takes no phase from a pod that is being deleted', () => {
    const text = fixture('describe-pods.txt').replace(
      'Status:       Running',
      'Status:       Terminating (lasts 3m)',
    )
    expect(factsOf(readKubernetes(text), 'pod-state')[0]?.phase).toBeNull()
  })
})

describe('kubectl describe node', () => {
  it('says the same as the object', () => {
    const described = readKubernetes(fixture('describe-node.txt'))
    const object = readKubernetes(fixture('node.yaml'))
    expect(factsOf(described, 'node-state')).toEqual(factsOf(object, 'node-state'))
    expect(described[0]?.at).toBe(object[0]?.at)
    expect(factsOf(described, 'kubernetes-event')[0]).toMatchObject({
      reason: 'EvictionThresholdMet',
      objectKind: 'Node',
      objectName: 'node-7',
    })
  })
})

describe('the age of an event', () => {
  const now = Date.UTC(2026, 10, 20)

  it('gives its time, where it was printed just now and to the second', () => {
    expect(seenAt('4m7s', now)).toBe(now - 247_000)
    expect(seenAt('15s (x2 over 20s)', now)).toBe(now - 15_000)
  })

  it.each(['21h', '3h12m', '5d', '<unknown>', ''])('gives none where it is %j', (age) => {
    expect(seenAt(age, now)).toBeNull()
  })

  it('gives none for a file, which may be read years later', () => {
    expect(seenAt('15s', null)).toBeNull()
  })
})

describe('any text', () => {
  const lines = [
    'Name:  a',
    'Namespace:  b',
    'Containers:',
    '  main:',
    '    State:  Terminated',
    '      Exit Code:  137',
    '    Last State:  x',
    'Events:',
    '  Warning  A  3s  k  m',
    'Capacity:',
    '  memory:  1Ki',
    'Conditions:',
    '  MemoryPressure   True   x',
    '',
  ]

  it('is read without a throw, and without a word that is not in it', () => {
    const text = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string({ unit: 'binary' })), { maxLength: 40 })
      .map((rows) => rows.join('\n'))
    fc.assert(
      fc.property(text, (described) => {
        for (const { name } of factsOf(describedPods.parse(described, ORIGIN), 'pod-state'))
          expect(described).toContain(name)
        for (const { name } of factsOf(describedNodes.parse(described, ORIGIN), 'node-state'))
          expect(described).toContain(name)
      }),
    )
  })
})
