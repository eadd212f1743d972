import type { BillBound } from '../model/bill.ts'
import type { KubeletFigures } from '../model/kubelet.ts'
import type { Incident } from '../verdict/incident.ts'
import { memoryQosInWords, swapShareOf } from '../verdict/kubelet.ts'

const PAGE = 4096

/** What the files of its group on cgroup v2 set beside the limit: where it is slowed down, and what it may swap out. */
export function boundsOf(incident: Incident): BillBound[] {
  const group = incident.groups.own?.fact
  if (group === undefined || group.version !== 2) return []
  const { highBytes, swapLimitBytes } = group
  return [
    ...(highBytes === null
      ? []
      : [
          {
            name: 'slowed down above',
            bytes: highBytes,
            source: 'memory.high',
            says: `Above it nobody is killed: who asks for more waits until memory was given back.${memoryQosInWords(incident)}`,
          },
        ]),
    ...(swapLimitBytes === null
      ? []
      : [swapBound(swapLimitBytes, setBy(incident, swapLimitBytes))]),
  ]
}

/** What a kubelet tells from afar; it does not tell memory.high. */
export function boundsOfKubelet({ swapLimitBytes }: KubeletFigures): BillBound[] {
  if (swapLimitBytes === null) return []
  return [{ ...swapBound(swapLimitBytes, ''), source: 'container_spec_memory_swap_limit_bytes' }]
}

function swapBound(bytes: number, setBy: string): BillBound {
  const says =
    bytes === 0
      ? 'Nothing of it is swapped out, whatever swap its machine has.'
      : 'That much may be swapped out, which counts for nothing against the limit; it is no room to plan with.'
  return { name: 'swap at most', bytes, source: 'memory.swap.max', says: `${says}${setBy}` }
}

function setBy(incident: Incident, bytes: number): string {
  const share = swapShareOf(incident)
  if (share === null || Math.abs(share.bytes - bytes) > PAGE) return ''
  return ` The kubelet set that: ${share.says}.`
}
