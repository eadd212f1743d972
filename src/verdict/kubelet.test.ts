import { describe, expect, it } from 'vitest'
import {
  cgroupState,
  incident,
  kill,
  oomReport,
  PATH,
  podContainer,
  podState,
  seen,
} from '../../test/support/incident.ts'
import { GIB, MIB } from '../model/bytes.ts'
import type { NodeState, PodContainer } from '../model/cluster.ts'
import type { KubeletSettings } from '../model/kubelet.ts'
import type { Incident } from './incident.ts'
import { fullSwapInWords, groupKillInWords, memoryQosFactor, swapShareOf } from './kubelet.ts'

function kubelet(change: Partial<KubeletSettings> = {}): Incident['kubelet'] {
  return seen({
    ...{ kind: 'kubelet-settings', node: 'node-1', swapBehavior: 'LimitedSwap' },
    ...{ singleProcessOomKill: null, throttlingFactor: 0.9, evictions: [] },
    ...change,
  })
}

function node(change: Partial<NodeState> = {}): Incident['node'] {
  return seen({
    ...{ kind: 'node-state', name: 'node-1', memoryPressure: null, kernelVersion: null },
    ...{ capacityMemoryBytes: 8 * GIB, allocatableMemoryBytes: null, swapCapacityBytes: 2 * GIB },
    ...{ containerRuntime: null },
    ...change,
  })
}

/** A container that asks for 64 MiB of 100 on a node with cgroup v2, 8 GiB of memory and 2 GiB of swap. */
function ofPod(change: Partial<Incident> = {}, container: Partial<PodContainer> = {}): Incident {
  return incident({
    subject: { platform: 'kubernetes', name: 'shop/cart-0/app', id: null, image: null },
    pod: seen(podState()),
    podContainer: podContainer({ memoryRequestBytes: 64 * MIB, ...container }),
    kubelet: kubelet(),
    node: node(),
    groups: { own: seen(cgroupState()), ancestors: [], nested: [] },
    ...change,
  })
}

const NO_GROUPS: Incident['groups'] = { own: null, ancestors: [], nested: [] }
const SWAP = { usageBytes: 0, limitBytes: null, failcnt: null }

describe('the swap that Kubernetes lets a container use', () => {
  it('is its request’s share of the node’s memory, of the node’s swap', () => {
    const share = swapShareOf(ofPod())
    // 64 MiB of 8 GiB is a 128th; of 2 GiB that is 16 MiB.
    expect(share?.bytes).toBe(16 * MIB)
    expect(share?.because.map(({ says }) => says)).toEqual(['kubelet-settings', 'node-state'])
  })

  it('is a number of whole pages', () => {
    expect(swapShareOf(ofPod({}, { memoryRequestBytes: 64 * MIB + 20_000 }))?.bytes).toBe(
      16 * MIB + 4096,
    )
  })

  it.each<[string, Incident, RegExp]>([
    ['a kubelet with NoSwap', ofPod({ kubelet: kubelet({ swapBehavior: 'NoSwap' }) }), /is NoSwap/],
    [
      'a guaranteed pod',
      ofPod({ pod: seen(podState({ qosClass: 'Guaranteed' })) }),
      /class Guaranteed/,
    ],
    [
      'no request and no limit',
      ofPod({}, { memoryRequestBytes: null, memoryLimitBytes: null }),
      /without a request/,
    ],
    ['a limit that is the request', ofPod({}, { memoryRequestBytes: 100 * MIB }), /is its limit/],
    [
      'a limit alone, which is the request then',
      ofPod({}, { memoryRequestBytes: null }),
      /is its limit/,
    ],
  ])('is none for %s', (_, found, says) => {
    const share = swapShareOf(found)
    expect(share?.bytes).toBe(0)
    expect(share?.says).toMatch(says)
  })

  it('is a share without a limit, too', () => {
    expect(swapShareOf(ofPod({}, { memoryLimitBytes: null }))?.bytes).toBe(16 * MIB)
  })

  it.each<[string, Incident]>([
    ['its kubelet', ofPod({ kubelet: null })],
    ['its container', ofPod({ podContainer: null })],
    ['the class of its pod', ofPod({ pod: null })],
    ['the memory of its node', ofPod({ node: node({ capacityMemoryBytes: null }) })],
    ['the swap of its node', ofPod({ node: node({ swapCapacityBytes: null }) })],
    ['whether its group is one of cgroup v2', ofPod({ groups: NO_GROUPS })],
  ])('is not known without %s', (_, found) => {
    expect(swapShareOf(found)).toBeNull()
  })

  it('is not spoken of where the node has no swap, or cgroup v1', () => {
    expect(swapShareOf(ofPod({ node: node({ swapCapacityBytes: 0 }) }))).toBeNull()
    const v1 = { ...NO_GROUPS, own: seen(cgroupState({ version: 1 })) }
    expect(swapShareOf(ofPod({ groups: v1 }))).toBeNull()
  })

  it('is known of cgroup v2 from the report of the kernel, too: only there it counts swap alone', () => {
    const reports = [seen(oomReport({ swap: SWAP }))]
    expect(swapShareOf(ofPod({ groups: NO_GROUPS, reports }))?.bytes).toBe(16 * MIB)
  })

  it.each([
    [15, true],
    [14, false],
  ])('was full where its victims had %i of 16 MiB in it: %j', (mib, isFull) => {
    const kills = [
      { ...kill(1, 'app', 90), swapBytes: (mib - 1) * MIB },
      { ...kill(2, 'sh', 1), swapBytes: MIB },
      { ...kill(3, 'sh', 1), swapBytes: null },
    ]
    const words = fullSwapInWords(ofPod({ reports: [seen(oomReport({ kills }))] }))
    expect(words.includes('Its swap was full, too: LimitedSwap gives it 16 MiB')).toBe(isFull)
  })

  it('that is none was never full', () => {
    expect(fullSwapInWords(ofPod({}, { memoryRequestBytes: 100 * MIB }))).toBe('')
    expect(fullSwapInWords(ofPod({ kubelet: null }))).toBe('')
  })
})

describe('that a container was killed whole', () => {
  const groupKill = PATH
  const both = [kill(1, 'app', 60), kill(2, 'worker', 30)]

  it.each<[string, Incident, boolean]>([
    ['two died as one', ofPod({ reports: [seen(oomReport({ groupKill, kills: both }))] }), true],
    [
      'the same one is told twice',
      ofPod({
        reports: [seen(oomReport({ groupKill, kills: [kill(1, 'app', 60), kill(1, 'app', 60)] }))],
      }),
      false,
    ],
    ['the kernel did not say so', ofPod({ reports: [seen(oomReport({ kills: both }))] }), false],
    ['nothing was reported', ofPod({ reports: [] }), false],
    [
      'nobody but an administrator can have set it',
      incident({ reports: [seen(oomReport({ groupKill, kills: both }))] }),
      false,
    ],
  ])('is told where %s', (_, found, isTold) => {
    expect(groupKillInWords(found).includes('memory.oom.group')).toBe(isTold)
  })
})

describe('that MemoryQoS set memory.high', () => {
  /** Request and factor × (limit − request), to the page: 64 MiB and nine tenths of 36 MiB. */
  const exact = 64 * MIB + 0.9 * 36 * MIB
  const withHigh = (highBytes: number | null, more: Partial<Incident> = {}): Incident =>
    ofPod({ groups: { ...NO_GROUPS, own: seen(cgroupState({ highBytes })) }, ...more })

  it.each<[string, Incident, number | null]>([
    ['is what it makes of request and limit', withHigh(exact), 0.9],
    ['is that but for a page', withHigh(exact - 4096), 0.9],
    ['is another', withHigh(exact - 4097), null],
    ['is not set', withHigh(null), null],
    [
      'is set where the feature is off',
      withHigh(exact, { kubelet: kubelet({ throttlingFactor: null }) }),
      null,
    ],
    [
      'is set where there is no limit',
      withHigh(exact, { podContainer: podContainer({ memoryLimitBytes: null }) }),
      null,
    ],
    [
      'starts from nothing without a request',
      withHigh(90 * MIB, { podContainer: podContainer() }),
      0.9,
    ],
    ['is set where no pod is known', withHigh(exact, { podContainer: null }), null],
  ])('holds where it %s', (_, found, factor) => {
    expect(memoryQosFactor(found)).toBe(factor)
  })
})
