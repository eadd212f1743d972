import { expect, it } from 'vitest'
import { fixture } from '../../../fixtures/kubernetes/read.ts'
import { MIB } from '../../model/bytes.ts'
import { isNodeSummary, readNodeSummary } from '../../parsers/kubernetes/node-summary.ts'
import type { EvictionThreshold } from '../../model/kubelet.ts'
import type { EvictionPod } from './pod.ts'
import { rankPods } from './rank.ts'
import { DEFAULT_THRESHOLD, judgedSignals, podsUntilRelieved } from './threshold.ts'

/** A node that had just evicted a pod, because all pods together had less than 64 MiB left of 192. */
const { node, pods, signals } = readNodeSummary(
  JSON.parse(fixture('v1.34/eviction/stats-summary.json')),
)

it('what is available is the capacity less the working set, of the machine and of all pods', () => {
  expect({ node, pods: pods.map(({ name }) => name) }).toEqual({
    node: 'node-1',
    pods: ['neighbour'],
  })
  const capacityOfMachine = 24_684_096 * 1024
  expect(judgedSignals(signals, [DEFAULT_THRESHOLD])).toEqual([
    {
      name: 'memory.available',
      kind: 'hard',
      set: '100Mi',
      grace: null,
      capacityBytes: capacityOfMachine,
      workingSetBytes: 11_829_243_904,
      availableBytes: capacityOfMachine - 11_829_243_904,
      thresholdBytes: 100 * MIB,
      isMet: false,
    },
    expect.objectContaining({
      name: 'allocatableMemory.available',
      // What pods may have is 128 MiB; the threshold is kept free above it.
      capacityBytes: (128 + 64) * MIB,
      isMet: false,
    }),
  ])
})

it('is nothing that is known where it is less than nothing', () => {
  const memory = { availableBytes: -1, workingSetBytes: 4096 }
  expect(readNodeSummary({ node: { nodeName: 'n', memory }, pods: [] }).signals).toEqual([])
})

it('is not a share of what is used: with 80 % in use the default evicts nobody', () => {
  const GIB = 1024 * MIB
  const signal = {
    name: 'memory.available',
    availableBytes: 2 * GIB,
    workingSetBytes: 8 * GIB,
  } as const
  expect(judgedSignals([signal], [DEFAULT_THRESHOLD])[0]?.isMet).toBe(false)
  expect(judgedSignals([signal], [share(20)])[0]).toMatchObject({
    thresholdBytes: 2 * GIB,
    isMet: false,
  })
  expect(judgedSignals([signal], [share(20.1)])[0]?.isMet).toBe(true)
})

it('pods go until the threshold is left behind, and critical ones do not', () => {
  const judged = judgedSignals(
    [{ name: 'memory.available', availableBytes: 50 * MIB, workingSetBytes: 1_000 * MIB }],
    [{ ...DEFAULT_THRESHOLD, set: '200Mi', bytes: 200 * MIB }],
  )
  const going = (more: readonly EvictionPod[]) =>
    podsUntilRelieved(
      rankPods([pod('critical', 900, 2_000_000_000), pod('a', 100), pod('b', 60), ...more]),
      judged,
    ).map((one) => one.pod.name)
  expect(going([pod('c', 10)])).toEqual(['a', 'b'])
  expect(podsUntilRelieved([], judged)).toEqual([])
  expect(
    podsUntilRelieved(rankPods([pod('a', 100)]), judgedSignals(signals, [DEFAULT_THRESHOLD])),
  ).toEqual([])
})

function pod(name: string, mebibytes: number, priority = 0): EvictionPod {
  return {
    name,
    requestBytes: 0,
    usageBytes: mebibytes * MIB,
    limitBytes: null,
    priority,
    isStatic: false,
    priorityClassName: null,
    qosClass: null,
    containerRequests: [0],
  }
}

it('what all pods may have is held against hard thresholds alone', () => {
  const soft: EvictionThreshold = { ...share(99), kind: 'soft', grace: '1m30s' }
  expect(
    judgedSignals(signals, [DEFAULT_THRESHOLD, soft]).map(({ name, kind, isMet }) => [
      name,
      kind,
      isMet,
    ]),
  ).toEqual([
    ['memory.available', 'hard', false],
    ['memory.available', 'soft', true],
    ['allocatableMemory.available', 'hard', false],
  ])
})

function share(percent: number): EvictionThreshold {
  return { kind: 'hard', set: `${percent}%`, bytes: null, percent, grace: null }
}

it('other JSON is no summary', () => {
  for (const value of [null, [], {}, { pods: [] }, { node: { nodeName: 'a' } }, { kind: 'Node' }])
    expect(isNodeSummary(value)).toBe(false)
  expect(readNodeSummary({ node: { memory: { availableBytes: 'much' } }, pods: [{}] })).toEqual({
    node: null,
    pods: [],
    signals: [],
  })
})
