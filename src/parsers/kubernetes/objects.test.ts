import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { kubernetesObjects } from './objects.ts'

const MIB = 2 ** 20

describe('a pod', () => {
  const [cart, report] = factsOf(readKubernetes(fixture('objects.hand-written.json')), 'pod-state')

  it('tells for every container, of every kind, how it is and how it ended before', () => {
    expect(
      cart?.containers.map(({ name, role, state, lastState }) => [
        name,
        role,
        state?.phase,
        lastState?.reason,
      ]),
    ).toEqual([
      ['migrate', 'init', 'terminated', undefined],
      ['proxy', 'sidecar', 'running', undefined],
      ['app', 'main', 'waiting', 'OOMKilled'],
      ['debugger-4kq', 'ephemeral', 'terminated', undefined],
    ])
  })

  it('tells memory in bytes, and ids without the name of the runtime', () => {
    const app = cart?.containers.find(({ name }) => name === 'app')
    expect(app).toMatchObject({
      memoryLimitBytes: 512 * MIB,
      memoryRequestBytes: 256 * MIB,
      containerId: `33cc${'0'.repeat(58)}33`,
      command: ['java', '-Xmx400m', '-jar', 'cart.jar'],
      restartCount: 3,
      ready: false,
    })
    expect(app?.lastState).toMatchObject({
      exitCode: 137,
      finishedAt: Date.UTC(2026, 10, 20, 10, 10, 11),
    })
  })

  it('holds no more of the environment than the object itself', () => {
    const app = cart?.containers.find(({ name }) => name === 'app')
    expect(app?.env).toEqual(['JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75'])
  })

  it('tells an eviction, and when it was', () => {
    expect(report).toMatchObject({ phase: 'Failed', reason: 'Evicted', qosClass: 'BestEffort' })
    expect(report?.message).toContain('low on resource: memory')
    const [seen] = readKubernetes(fixture('evicted.yaml'))
    expect(seen).toMatchObject({ source: 'kubernetes', at: Date.UTC(2026, 10, 20, 10, 15, 5) })
  })

  it('says unknown where a field is of the wrong type', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', uid: 7 },
      spec: { containers: [{ name: 'm', resources: { limits: { memory: '512MB' } }, command: 3 }] },
      status: { containerStatuses: [{ name: 'm', restartCount: '3', state: [] }] },
    }
    const [state] = factsOf(readKubernetes(JSON.stringify(pod)), 'pod-state')
    expect(state).toMatchObject({ uid: null, phase: null, node: null })
    expect(state?.containers).toMatchObject([
      { memoryLimitBytes: null, restartCount: null, state: null, command: [] },
    ])
  })

  it('takes the limit that holds after an in-place resize', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'b' },
      spec: { containers: [{ name: 'm', resources: { limits: { memory: '2Gi' } } }] },
      status: { containerStatuses: [{ name: 'm', resources: { limits: { memory: '1Gi' } } }] },
    }
    const [state] = factsOf(readKubernetes(JSON.stringify(pod)), 'pod-state')
    expect(state?.containers[0]?.memoryLimitBytes).toBe(1024 * MIB)
  })
})

describe('the same objects', () => {
  const json = factsOf(readKubernetes(fixture('objects.hand-written.json')), 'pod-state')

  it('say the same as YAML', () => {
    expect(factsOf(readKubernetes(fixture('pods.yaml')), 'pod-state')).toEqual(json)
  })

  it('say the same in several documents of one file', () => {
    const documents = [fixture('node.yaml'), fixture('evicted.yaml')].join('\n---\n')
    const kinds = readKubernetes(documents).map(({ fact }) => fact.kind)
    expect(kinds).toEqual(['node-state', 'pod-state'])
  })

  it('say the same in a watch, one object a line', () => {
    const list: unknown = JSON.parse(fixture('objects.hand-written.json'))
    const items: unknown[] = Object(list).items
    const watch = items.map((object) => JSON.stringify({ type: 'ADDED', object })).join('\n')
    expect(factsOf(readKubernetes(watch), 'pod-state')).toEqual(json)
  })

  it('say the same in a list of the API server, whose items carry no kind', () => {
    const list: unknown = JSON.parse(fixture('objects.hand-written.json'))
    const items: { kind?: string }[] = Object(list).items
    const pods = items
      .filter(({ kind }) => kind === 'Pod')
      .map((pod) => ({ ...pod, kind: undefined }))
    const answer = JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: pods })
    expect(factsOf(readKubernetes(answer), 'pod-state')).toEqual(json)
  })

  it('say what is whole in a list that was cut', () => {
    const text = fixture('objects.hand-written.json')
    const cut = text.slice(0, text.indexOf('"name": "report-28871"'))
    expect(factsOf(readKubernetes(cut), 'pod-state')).toEqual(json.slice(0, 1))
  })

  it('stand in their file where the observation says', () => {
    const text = fixture('pods.yaml')
    for (const { from, fact } of readKubernetes(text)) {
      const line = text.split('\n')[Number(from.split(':')[1]) - 1]
      expect(line).toContain(fact.kind === 'pod-state' ? fact.uid : '')
    }
  })
})

describe('a list that is too long to be read as a whole', () => {
  it('is read item by item', () => {
    const text = fixture('pods.yaml')
    const [head = '', ...rest] = text.split(/^(?=- )/m)
    const [items = '', tail = ''] = rest.join('').split(/^(?=kind: List)/m)
    const long = head + items.repeat(100) + tail
    expect(long.length).toBeGreaterThan(256 * 1024)
    const pods = factsOf(readKubernetes(long), 'pod-state')
    expect(pods).toHaveLength(200)
    expect(pods.slice(-2)).toEqual(factsOf(readKubernetes(text), 'pod-state'))
  })
})

describe('a node and its events', () => {
  const seen = readKubernetes(fixture('objects.hand-written.json'))

  it('tell memory pressure', () => {
    expect(factsOf(seen, 'node-state')).toEqual([
      {
        kind: 'node-state',
        name: 'node-7',
        capacityMemoryBytes: 8_129_812 * 1024,
        allocatableMemoryBytes: 7_605_524 * 1024,
        swapCapacityBytes: null,
        memoryPressure: true,
        kernelVersion: '6.1.0-28-amd64',
        containerRuntime: 'containerd://1.7.24',
      },
    ])
  })

  it.each([
    [1024, 1024],
    [-1, null],
  ])('with %j bytes of swap', (capacity, swapCapacityBytes) => {
    const node = {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-7' } },
      status: { nodeInfo: { swap: { capacity } } },
    }
    expect(factsOf(readKubernetes(JSON.stringify(node)), 'node-state')).toMatchObject([
      { swapCapacityBytes },
    ])
  })

  it('tell what happened to whom, when last and how often', () => {
    const backOff = seen.find(
      ({ fact }) => fact.kind === 'kubernetes-event' && fact.reason === 'BackOff',
    )
    expect(backOff).toMatchObject({
      at: Date.UTC(2026, 10, 20, 10, 10, 12),
      fact: { objectKind: 'Pod', objectName: 'cart-7d9c5b6f4-x2x8z', namespace: 'shop', count: 7 },
    })
  })

  it('are read in the words of events.k8s.io too', () => {
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'x', namespace: 'shop' },
      reason: 'Evicted',
      note: 'The node was low on resource: memory.',
      regarding: { kind: 'Pod', name: 'a', namespace: 'shop' },
      eventTime: '2026-11-20T10:00:00.000001Z',
      series: { count: 4, lastObservedTime: '2026-11-20T10:05:00.000000Z' },
    }
    expect(readKubernetes(JSON.stringify(event))).toMatchObject([
      {
        at: Date.UTC(2026, 10, 20, 10, 5),
        fact: { reason: 'Evicted', objectName: 'a', count: 4, message: event.note },
      },
    ])
  })
})

describe('what is not of these kinds', () => {
  it.each([
    '{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"a"}}',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\n',
    '[{"Id":"abc","State":{"OOMKilled":true}}]',
    'kind: of a README about pods\n',
  ])('is left alone: %s', (text) => {
    expect(kubernetesObjects.recognise(text, 'file')).toBe(false)
  })
})

describe('any text', () => {
  const origin = { from: 'file', readAt: null, source: null }

  it('is read without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(Array.isArray(kubernetesObjects.parse(text, origin))).toBe(true)
        expect(Array.isArray(kubernetesObjects.parse(`kind: Pod\n${text}`, origin))).toBe(true)
      }),
    )
  })

  it('says nothing of a pod that the object does not say', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.string({ minLength: 1 }), (json, name) => {
        const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":${JSON.stringify(name)}},"spec":${json},"status":${json}}`
        for (const state of factsOf(kubernetesObjects.parse(pod, origin), 'pod-state'))
          expect(state).toMatchObject({ name, uid: null, containers: [] })
      }),
    )
  })

  it('is survived when it is nested without end, or made of aliases', () => {
    const deep = `{"apiVersion":"v1","kind":"Event","reason":"a","involvedObject":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`
    expect(kubernetesObjects.parse(deep, origin).length).toBeLessThanOrEqual(1)
    const levels = Array.from(
      { length: 9 },
      (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`,
    )
    const bomb = `a0: &a0 [x]\n${levels.join('\n')}\nkind: Pod\nmetadata: { name: a }\n`
    expect(kubernetesObjects.parse(bomb, origin)).toEqual([])
  })
})
