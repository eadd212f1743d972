import fc from 'fast-check'
import { expect, it } from 'vitest'

import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { eventsTable } from './events-table.ts'

const NOW = Date.UTC(2026, 10, 20, 10, 15, 47)

it('reads the table of all namespaces', () => {
  const seen = readKubernetes(fixture('events.hand-written.txt'), NOW)
  expect(factsOf(seen, 'kubernetes-event')).toMatchObject([
    {
      reason: 'Evicted',
      namespace: 'batch',
      objectKind: 'Pod',
      objectName: 'report-28871',
      type: 'Warning',
      message:
        'The node was low on resource: memory. Threshold quantity: 100Mi, available: 78604Ki.',
    },
    { reason: 'BackOff', namespace: 'shop' },
    { reason: 'EvictionThresholdMet', objectKind: 'Node', objectName: 'node-7' },
    { reason: 'NodeReady', type: 'Normal' },
  ])
  expect(seen[0]?.at).toBe(Date.UTC(2026, 10, 20, 10, 15, 5))
  expect(seen[3]?.at).toBeNull()
})

it('reads the wide table, whose message is not at the end', () => {
  const text = [
    'LAST SEEN   TYPE      REASON    OBJECT    SUBOBJECT   SOURCE            MESSAGE     FIRST SEEN   COUNT   NAME',
    '3s          Warning   BackOff   pod/a     -           kubelet, node-7   Back-off    9m           5       a.18b',
  ].join('\n')
  expect(factsOf(readKubernetes(text), 'kubernetes-event')).toMatchObject([
    { reason: 'BackOff', message: 'Back-off', count: 5, objectName: 'a' },
  ])
})

it('never throws, and says nothing without a heading', () => {
  const rows = fc
    .array(fc.string({ unit: 'binary' }), { maxLength: 20 })
    .map((all) => all.join('\n'))
  const origin = { from: 'file', readAt: NOW, source: null }
  fc.assert(
    fc.property(rows, (text) => {
      expect(eventsTable.parse(text, origin)).toEqual([])
      const heading = 'LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n'
      for (const { excerpt } of eventsTable.parse(heading + text, origin))
        expect(text).toContain(excerpt)
    }),
  )
})
