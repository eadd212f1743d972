import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fixture } from '../../../fixtures/kubernetes/read.ts'
import { field, listField, textField } from '../json-fields.ts'
import { readApiObjects } from './documents.ts'
import { qosClassOfSpec } from './qos.ts'

type Resources = Record<string, Record<string, string | number>>

const FULL: Resources = { limits: { cpu: '1', memory: '256Mi' } }

function spec(...containers: Resources[]): object {
  return { containers: containers.map((resources, at) => ({ name: `c${at}`, resources })) }
}

it.each<[string, object, string]>([
  ['nothing is asked for', spec({}), 'BestEffort'],
  ['zero is asked for', spec({ requests: { memory: 0 } }), 'BestEffort'],
  ['limits of both, requests taken from them', spec(FULL), 'Guaranteed'],
  [
    'requests are the same in other units',
    spec({ ...FULL, requests: { cpu: '1000m', memory: '262144Ki' } }),
    'Guaranteed',
  ],
  ['only memory has a limit', spec({ limits: { memory: '256Mi' } }), 'Burstable'],
  ['only the CPU has a limit', spec({ limits: { cpu: 1 } }), 'Burstable'],
  ['a request below its limit', spec({ ...FULL, requests: { memory: '128Mi' } }), 'Burstable'],
  ['256M are not 256Mi', spec({ ...FULL, requests: { memory: '256M' } }), 'Burstable'],
  ['one of two containers asks for nothing', spec(FULL, {}), 'Burstable'],
  ['all of two containers have both', spec(FULL, FULL), 'Guaranteed'],
  ['an init container asks for nothing', { ...spec(FULL), initContainers: [{}] }, 'Burstable'],
  [
    'an ephemeral container does not count',
    { ...spec(FULL), ephemeralContainers: [{}] },
    'Guaranteed',
  ],
  ['the pod has limits as a whole', { ...spec({}), resources: FULL }, 'Guaranteed'],
  [
    'its containers request less than the pod may have',
    { ...spec({ requests: { memory: '1Mi' } }), resources: FULL },
    'Burstable',
  ],
  ['only a share of another resource', spec({ limits: { 'example.com/gpu': 1 } }), 'BestEffort'],
])('%s: %s is %s', (_says, pod, qos) => {
  expect(qosClassOfSpec(pod)).toBe(qos)
})

it('one container is judged with other memory', () => {
  const exchanged = (limit: string, request: string) => ({ container: 'c1', limit, request })
  expect(qosClassOfSpec(spec(FULL, FULL), exchanged('1Gi', '1Gi'))).toBe('Guaranteed')
  expect(qosClassOfSpec(spec(FULL, FULL), exchanged('1Gi', '256Mi'))).toBe('Burstable')
})

it('agrees with what API servers said of their pods', () => {
  const pods = ['pods.yaml', 'evicted.yaml', 'v1.34/own-limit-guaranteed/pod.json'].flatMap(
    (name) => readApiObjects(fixture(name)).flatMap(({ value }) => podsIn(value)),
  )
  expect(new Set(pods.map((pod) => textField(pod, 'status', 'qosClass'))).size).toBeGreaterThan(1)
  for (const pod of pods)
    expect(qosClassOfSpec(field(pod, 'spec')), textField(pod, 'metadata', 'name') ?? '').toBe(
      textField(pod, 'status', 'qosClass'),
    )
})

function podsIn(value: unknown): unknown[] {
  const items = listField(value, 1_000, 'items')
  return (items.length > 0 ? items : [value]).filter(
    (one) => textField(one, 'status', 'qosClass') !== null,
  )
}

it('never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      qosClassOfSpec(value)
      qosClassOfSpec({ containers: value, resources: value })
    }),
  )
})
