import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { changesThatSpare } from './changes.ts'
import { readCluster } from './from-kubernetes.ts'
import { isTopOutput, readTop } from './from-top.ts'
import { oomScoreAdjs, qosClassOf } from './oom-score.ts'
import type { EvictionPod } from './pod.ts'
import { rankPods } from './rank.ts'

function pod(name: string, change: Partial<EvictionPod> = {}): EvictionPod {
  const requestBytes = change.requestBytes ?? 100 * MIB
  return {
    name,
    requestBytes,
    usageBytes: 50 * MIB,
    limitBytes: null,
    priority: 0,
    isStatic: false,
    priorityClassName: null,
    qosClass: null,
    containerRequests: [requestBytes],
    ...change,
  }
}

function order(pods: readonly EvictionPod[]): string[] {
  return rankPods(pods).map((one) => one.pod.name)
}

describe('the order of eviction', () => {
  it('begins with who uses more than requested, whatever the priority', () => {
    const above = pod('above', { usageBytes: 101 * MIB, priority: 1_000 })
    const below = pod('below', { usageBytes: 100 * MIB, priority: -10 })
    expect(order([below, above])).toEqual(['above', 'below'])
  })

  it('then goes by priority, the lowest first, and then by the larger excess', () => {
    const all = [
      pod('important', { usageBytes: 900 * MIB, priority: 10 }),
      pod('some', { usageBytes: 150 * MIB }),
      pod('much', { usageBytes: 300 * MIB }),
    ]
    expect(order(all)).toEqual(['much', 'some', 'important'])
  })

  it('looks at the excess, not at the size', () => {
    const large = pod('large', { requestBytes: 4 * GIB, usageBytes: 4 * GIB + MIB })
    const small = pod('small', { requestBytes: 0, usageBytes: 2 * MIB })
    expect(order([large, small])).toEqual(['small', 'large'])
  })

  it('takes the one that is nearest to its request where nobody is above', () => {
    const near = pod('near', { usageBytes: 99 * MIB })
    expect(order([pod('far', { usageBytes: MIB }), near])).toEqual(['near', 'far'])
  })

  it('begins with those that the kubelet has no figures of', () => {
    const lost = pod('lost', { usageBytes: null, priority: 500 })
    const above = pod('above', { usageBytes: GIB })
    expect(order([above, lost])).toEqual(['lost', 'above'])
    expect(rankPods([lost])[0]).toMatchObject({ exceedsRequest: null, overshootBytes: null })
  })

  it('does not ask for the QoS class: a Guaranteed pod can go before a BestEffort one', () => {
    const guaranteed = pod('guaranteed', { limitBytes: 100 * MIB, usageBytes: 99 * MIB })
    const bestEffort = pod('best-effort', { requestBytes: 0, usageBytes: MIB, priority: 1 })
    expect(order([guaranteed, bestEffort])).toEqual(['best-effort', 'guaranteed'])
    const idle = { ...bestEffort, usageBytes: 0 }
    expect(order([guaranteed, idle])).toEqual(['guaranteed', 'best-effort'])
  })

  it('passes over critical pods and static ones', () => {
    const ranked = rankPods([
      pod('critical', { usageBytes: GIB, priority: 2_000_000_000 }),
      pod('static', { usageBytes: GIB, isStatic: true }),
      pod('app', { priority: 1_999_999_999 }),
    ])
    expect(ranked.map((one) => [one.pod.name, one.evictable])).toEqual([
      ['static', false],
      ['critical', false],
      ['app', true],
    ])
  })

  it('says where it is left to chance', () => {
    const ranked = rankPods([pod('a'), pod('b'), pod('c', { usageBytes: 1 })])
    expect(ranked.map(({ tied }) => tied)).toEqual([false, true, false])
  })
})

describe('a change', () => {
  it('that would spare the first: a request as large as what it uses, or a priority above the next', () => {
    const pods = [
      pod('a', { usageBytes: 300 * MIB }),
      pod('b', { usageBytes: 200 * MIB, priority: 5 }),
      pod('c'),
    ]
    expect(changesThatSpare(pods)).toEqual([
      { pod: 'a', change: 'request', toBytes: 300 * MIB, place: 2 },
      { pod: 'a', change: 'priority', to: 6, place: 2 },
    ])
  })

  it('asks for no larger request than it takes', () => {
    const pods = [pod('a', { usageBytes: 300 * MIB }), pod('b', { usageBytes: 250 * MIB })]
    expect(changesThatSpare(pods)[0]).toEqual({
      pod: 'a',
      change: 'request',
      toBytes: 150 * MIB + 1,
      place: 2,
    })
  })

  it('is told only where it helps', () => {
    // Alone above its request: no priority takes it out of the first place.
    const alone = [pod('a', { usageBytes: 300 * MIB }), pod('b')]
    expect(changesThatSpare(alone)).toEqual([
      { pod: 'a', change: 'request', toBytes: 350 * MIB + 1, place: 2 },
    ])
    expect(changesThatSpare([pod('a')])).toEqual([])
    expect(changesThatSpare([pod('a', { usageBytes: null }), pod('b')])).toEqual([])
  })
})

describe('oom_score_adj', () => {
  it.each([
    ['a hundredth of the node', 80 * MIB, 991],
    ['half of the node', 4 * GIB, 500],
    ['all of the node', 8 * GIB, 3],
    ['more than the node', 80 * GIB, 3],
    ['next to nothing', 1, 999],
  ])('of a Burstable pod that requests %s', (_says, requestBytes, adj) => {
    expect(
      oomScoreAdjs(pod('p', { requestBytes, containerRequests: [requestBytes] }), 8 * GIB),
    ).toEqual([adj])
  })

  it('is fixed for the other classes', () => {
    expect(oomScoreAdjs(pod('p', { limitBytes: 100 * MIB }), null)).toEqual([-997])
    expect(oomScoreAdjs(pod('p', { requestBytes: 0 }), null)).toEqual([1000])
    const critical = { priority: 2_000_001_000, priorityClassName: 'system-node-critical' }
    expect(oomScoreAdjs(pod('p', { requestBytes: 0, ...critical }), null)).toEqual([-997])
    const cluster = { priority: 2_000_000_000, priorityClassName: 'system-cluster-critical' }
    expect(oomScoreAdjs(pod('p', { requestBytes: 0, ...cluster }), null)).toEqual([1000])
  })

  it('of each container depends on its own request', () => {
    const two = pod('p', { containerRequests: [GIB, 3 * GIB] })
    expect(oomScoreAdjs(two, 8 * GIB)).toEqual([875, 625])
  })

  it('is not known for a Burstable pod on a node of unknown size', () => {
    expect(oomScoreAdjs(pod('p'), null)).toBeNull()
  })

  it('always lies within its class', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (requestBytes, limitBytes, capacity) => {
        const one = pod('p', { requestBytes, limitBytes, containerRequests: [requestBytes] })
        const [adj = 3] = oomScoreAdjs(one, capacity) ?? []
        const qos = qosClassOf(one)
        const [least, most] = {
          Guaranteed: [-997, -997],
          BestEffort: [1000, 1000],
          Burstable: [3, 999],
        }[qos]
        expect(adj).toBeGreaterThanOrEqual(least ?? 0)
        expect(adj).toBeLessThanOrEqual(most ?? 0)
      }),
    )
  })
})

describe('always', () => {
  const anyPod = fc
    .record({
      requestBytes: fc.nat(1_000),
      usageBytes: fc.option(fc.nat(1_000), { nil: null }),
      priority: fc.integer({ min: -5, max: 5 }),
    })
    .map((change) => pod('p', change))
  const anyPods = fc
    .array(anyPod, { minLength: 1, maxLength: 10 })
    .map((pods) => pods.map((one, at) => ({ ...one, name: `p${at}` })))

  it('each pod stands once, in one order whatever the order they came in', () => {
    fc.assert(
      fc.property(anyPods, (pods) => {
        const there = rankPods(pods)
        const back = rankPods(pods.toReversed())
        expect(there.map((one) => one.pod.name).toSorted()).toEqual(
          pods.map((one) => one.name).toSorted(),
        )
        expect(there.map(keyOf)).toEqual(back.map(keyOf))
      }),
    )
  })

  it('a higher priority, a larger request and a smaller working set never hurt', () => {
    fc.assert(
      fc.property(
        anyPods,
        fc.nat(10),
        fc.nat(1_000),
        fc.nat(1_000),
        (pods, priority, request, usage) => {
          const [first, ...others] = pods
          fc.pre(first !== undefined && first.usageBytes !== null)
          const place = (one: EvictionPod) =>
            rankPods([...others, one]).findIndex(({ pod: { name } }) => name === first.name)
          const better = {
            ...first,
            priority: first.priority + priority,
            requestBytes: first.requestBytes + request,
            usageBytes: Math.max(0, (first.usageBytes ?? 0) - usage),
          }
          expect(place(better)).toBeGreaterThanOrEqual(place(first))
        },
      ),
    )
  })

  function keyOf({
    pod: one,
    exceedsRequest,
    overshootBytes,
  }: ReturnType<typeof rankPods>[number]) {
    return [one.usageBytes === null, exceedsRequest, one.priority, overshootBytes]
  }
})

describe('pods of a cluster', () => {
  const POD = `
apiVersion: v1
kind: Pod
metadata: { name: cart-0, namespace: shop }
spec:
  nodeName: node-1
  priority: 100
  overhead: { memory: 10Mi }
  initContainers:
    - { name: setup, resources: { requests: { memory: 300Mi } } }
    - { name: proxy, restartPolicy: Always, resources: { requests: { memory: 20Mi }, limits: { memory: 40Mi } } }
  containers:
    - { name: app, resources: { requests: { memory: 128Mi }, limits: { memory: 256Mi } } }
    - { name: log, resources: { requests: { memory: 64Mi } } }
status: { phase: Running, qosClass: Burstable }
---
apiVersion: v1
kind: Pod
metadata: { name: done, namespace: shop }
status: { phase: Succeeded }
---
apiVersion: v1
kind: Node
metadata: { name: node-1 }
status: { capacity: { memory: 8Gi } }
`

  it('request what their containers do together, or what an init container does alone', () => {
    const { pods, capacities } = readCluster(POD)
    expect(capacities).toEqual(new Map([['node-1', 8 * GIB]]))
    expect(pods).toHaveLength(1)
    expect(pods[0]).toMatchObject({
      node: 'node-1',
      pod: {
        name: 'shop/cart-0',
        requestBytes: 310 * MIB,
        limitBytes: null,
        priority: 100,
        qosClass: 'Burstable',
        containerRequests: [128 * MIB, 64 * MIB, 20 * MIB],
      },
    })
  })

  it('that no server has judged yet are judged by CPU and memory of every container', () => {
    const container = (resources: object) => ({ name: 'a', resources })
    const both = container({ limits: { cpu: '1', memory: '1Gi' } })
    const memoryAlone = container({ limits: { memory: '1Gi' } })
    const classOf = (...containers: object[]) =>
      readCluster(JSON.stringify({ kind: 'Pod', metadata: { name: 'p' }, spec: { containers } }))
        .pods[0]?.pod.qosClass
    expect(classOf(both)).toBe('Guaranteed')
    expect(classOf(both, memoryAlone)).toBe('Burstable')
    expect(classOf(container({}))).toBe('BestEffort')
  })

  it('know that a mirror of a static pod is one', () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'abc' }, name: 'etcd' }
    const { pods } = readCluster(JSON.stringify({ kind: 'Pod', metadata: mirror }))
    expect(pods[0]?.pod).toMatchObject({ isStatic: true, name: 'default/etcd', priority: 0 })
  })
})

describe('the text of kubectl top pods', () => {
  it.each([
    ['NAME     CPU(cores)   MEMORY(bytes)\ncart-0   2m           128Mi\n', 'default/cart-0', 128],
    [
      'NAMESPACE   NAME     CPU(cores)   MEMORY(bytes)\nshop        cart-0   2m           64Mi\n',
      'shop/cart-0',
      64,
    ],
    [
      'POD      NAME   CPU(cores)   MEMORY(bytes)\ncart-0   app    2m           128Mi\ncart-0   log    1m           8Mi\n',
      'default/cart-0',
      136,
    ],
  ])('%j', (text, name, mib) => {
    expect(isTopOutput(text)).toBe(true)
    expect(readTop(text)).toEqual(new Map([[name, mib * MIB]]))
  })

  it('and no other', () => {
    expect(isTopOutput('NAME READY STATUS RESTARTS AGE\n')).toBe(false)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const head = 'NAMESPACE NAME CPU(cores) MEMORY(bytes)\n'
        for (const bytes of readTop(`${head}${text}`).values())
          expect(bytes).toBeGreaterThanOrEqual(0)
        readCluster(text)
        isTopOutput(text)
      }),
    )
  })
})
