import fc from 'fast-check'
import { expect, it } from 'vitest'

import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { kubeletLog } from './kubelet-log.ts'

const seen = readKubernetes(fixture('kubelet.hand-written.log'))

it('tells what the kubelet did about memory, in old wordings and new ones', () => {
  expect(
    factsOf(seen, 'kubernetes-event').map(({ reason, namespace, objectName }) => [
      reason,
      namespace,
      objectName,
    ]),
  ).toEqual([
    ['EvictionThresholdMet', null, null],
    ['EvictionThresholdMet', null, null],
    ['Evicted', 'batch', 'report-28871'],
    ['EvictionThresholdMet', null, null],
    ['Evicted', 'batch', 'report-28872'],
    ['SystemOOM', null, null],
  ])
})

it('says nothing of the disk', () => {
  expect(seen.some(({ excerpt }) => excerpt.includes('ephemeral-storage'))).toBe(false)
})

it('knows the time only where the line tells a year and a zone', () => {
  expect(seen.map(({ at }) => at).slice(0, -1)).toEqual([null, null, null, null, null])
  expect(seen.at(-1)?.at).toBeCloseTo(Date.UTC(2026, 10, 20, 10, 17, 36, 209), -1)
  const journal =
    '2026-11-20T10:15:01+0000 node-7 kubelet[1402]: I1120 10:15:01.100210    1402 eviction_manager.go:366] "Eviction manager: attempting to reclaim" resourceName="memory"'
  expect(readKubernetes(journal)[0]?.at).toBe(Date.UTC(2026, 10, 20, 10, 15, 1))
})

it('never throws', () => {
  const origin = { from: 'file', readAt: null, source: null }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = `I1120 10:15:05.220118    1402 eviction_manager.go:627] ${text}`
      expect(kubeletLog.parse(line, origin).length).toBeLessThanOrEqual(1)
    }),
  )
})

it('tells which container the kubelet asked to end, before and after structured logging', () => {
  const id = 'ab12'.repeat(16)
  const lines = [
    `I1121 06:32:30.696831   15167 kuberuntime_container.go:636] Killing container "docker://${id}" with a 2 second grace period`,
    `I1120 10:15:01.100210    1402 kuberuntime_container.go:714] "Killing container with a grace period" pod="shop/cart-0" podUID=49b36131 containerName="app" containerID="containerd://${id}" gracePeriod=30`,
  ]
  const facts = kubeletLog
    .parse(lines.join('\n'), { from: 'kubelet.log', readAt: null, source: null })
    .map(({ fact }) => fact)
  expect(facts).toMatchObject([
    { kind: 'kubernetes-event', reason: 'Killing', objectName: null },
    { kind: 'kubernetes-event', reason: 'Killing', namespace: 'shop', objectName: 'cart-0' },
  ])
  for (const fact of facts) expect(fact).toHaveProperty('message', expect.stringContaining(id))
})
