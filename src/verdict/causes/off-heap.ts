import { formatBytes } from '../../model/bytes.ts'
import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { heapSetting } from '../runtime-heap.ts'
import type { Incident } from '../incident.ts'
import { victimAnonBytes } from '../usage.ts'

/** Most of a runtime's memory lies outside its heap: direct buffers, metaspace, threads, native libraries. */
export const offHeap: CauseRule = { code: 'off-heap', find }

/** What a JVM or Node process holds beside a full heap before that counts as unusual: 60 % more, and 48 MiB. */
const FACTOR = 1.6
const FLOOR_BYTES = 48 * 1024 * 1024

function find(incident: Incident): CauseFinding | null {
  if (incident.reports.length === 0) return null
  return fromRuntime(incident) ?? fromSetting(incident)
}

function fromRuntime(incident: Incident): CauseFinding | null {
  const inner = incident.runtimeMemory.findLast(({ fact }) => fact.runtime === 'java')
  const heap = inner?.fact.areas.get('heap')
  if (inner === undefined || heap === undefined) return null
  const [area, bytes] = [...inner.fact.areas]
    .filter(([name]) => name !== 'heap' && name !== 'total')
    .reduce<[string, number]>((most, next) => (next[1] > most[1] ? next : most), ['', 0])
  if (bytes <= heap) return null
  return {
    confidence: 'certain',
    summary: `The runtime's own account shows ${formatBytes(bytes)} in ${area} against ${formatBytes(heap)} of heap: the growth is outside the heap.`,
    because: [inner],
  }
}

function fromSetting(incident: Incident): CauseFinding | null {
  const heap = heapSetting(incident)
  const anon = victimAnonBytes(incident)
  if (heap === null || heap.maxHeapBytes === null || anon === null) return null
  const beyond = anon - heap.maxHeapBytes
  if (anon < FACTOR * heap.maxHeapBytes || beyond < FLOOR_BYTES) return null
  return {
    confidence: 'likely',
    summary: `The heap may grow to ${formatBytes(heap.maxHeapBytes)} (${heap.setBy ?? 'its setting'}), the process held ${formatBytes(anon)}: at least ${formatBytes(beyond)} lie outside the heap (direct buffers, native memory, threads).`,
    because: [heap.because, ...incident.reports.slice(0, 1)],
  }
}
