import { formatBytes } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { defaultHeapBytes } from '../../runtimes/node.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'
import { sized } from '../words.ts'

const service = (option: string, mark = ''): string => `
image: registry.example.com/web:1
command: [node, ${option}server.js]
mem_limit: 2g
mem_reservation: ${mark}512m`

export const softLimit: Rule = {
  id: 'N11',
  severity: 'high',
  title: 'Node.js takes the reservation for its limit',
  why: 'On cgroup v1 the reservation is a soft limit, and libuv takes the smaller of both: the heap is sized by it. The same file gives another heap on cgroup v2. Set --max-old-space-size, or drop the reservation.',
  reference:
    'libuv, src/unix/linux.c; measured: limit 2 GiB and reservation 512 MiB give a heap of 259 MiB',
  examples: {
    bad: { ...inService(service('', '»')), host: { cgroup: 1 } },
    good: { ...inService(service('--max-old-space-size=1400, ')), host: { cgroup: 1 } },
  },
  check: inNodes(function* (node, { reservation, limit }, { host }) {
    if (host.cgroup !== 1 || node.oldSpace !== null || node.isBounded || !node.runsNode) return
    if (
      typeof reservation?.bytes !== 'number' ||
      typeof limit?.bytes !== 'number' ||
      reservation.bytes >= limit.bytes
    )
      return
    yield {
      place: reservation.place,
      message: `the heap is about ${formatBytes(defaultHeapBytes(reservation.bytes))}, by ${sized(reservation)} and not by ${sized(limit)}`,
    }
  }),
}
