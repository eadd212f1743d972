import fc from 'fast-check'
import { expect, it } from 'vitest'

import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { readWhole } from '../read-whole.ts'
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
      expect(readWhole(kubeletLog, line, origin).length).toBeLessThanOrEqual(1)
    }),
  )
})

it('tells which container the kubelet asked to end, before and after structured logging', () => {
  const id = 'ab12'.repeat(16)
  const lines = [
    `I1121 06:32:30.696831   15167 kuberuntime_container.go:636] Killing container "docker://${id}" with a 2 second grace period`,
    `I1120 10:15:01.100210    1402 kuberuntime_container.go:714] "Killing container with a grace period" pod="shop/cart-0" podUID=49b36131 containerName="app" containerID="containerd://${id}" gracePeriod=30`,
  ]
  const origin = { from: 'kubelet.log', readAt: null, source: null }
  const facts = readWhole(kubeletLog, lines.join('\n'), origin).map(({ fact }) => fact)
  expect(facts).toMatchObject([
    { kind: 'kubernetes-event', reason: 'Killing', objectName: null },
    { kind: 'kubernetes-event', reason: 'Killing', namespace: 'shop', objectName: 'cart-0' },
  ])
  for (const fact of facts) expect(fact).toHaveProperty('message', expect.stringContaining(id))
})

it('does not hide what the kernel says beside it in the journal of a node', () => {
  const journal = [
    'Mar 01 10:00:00 node-7 kubelet[1402]: W0301 10:00:00.123456    1402 eviction_manager.go:366] "Eviction manager: attempting to reclaim" resourceName="memory"',
    'Mar 01 10:00:01 node-7 kernel: Out of memory: Killed process 2222 (java) total-vm:10000000kB, anon-rss:8000000kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:16000kB oom_score_adj:900',
    '',
  ].join('\n')
  const both = readKubernetes(journal)
  expect(factsOf(both, 'kubernetes-event')).toMatchObject([{ reason: 'EvictionThresholdMet' }])
  expect(factsOf(both, 'kernel-oom')).toMatchObject([{ kills: [{ pid: 2222, name: 'java' }] }])
})

it('comes through lines that are one long word each', () => {
  const begin = 'I1120 10:15:01.100210    1402 kuberuntime_container.go:1]'
  const long = `${begin} Killing container ${'w'.repeat(9_000)}\n`
  const told = `${begin} Killing container "docker://${'ab12'.repeat(16)}"\n`
  const origin = { from: 'file', readAt: null, source: null }
  expect(readWhole(kubeletLog, long.repeat(1_000) + told, origin)).toHaveLength(1)
})
