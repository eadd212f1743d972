import type { RuntimeView } from '../../model/bill.ts'
import { formatBytes, MIB } from '../../model/bytes.ts'
import type { ModelOf, ProcessModel } from './model.ts'

/** Room for buffers and what malloc keeps, beside all that grows with the data. */
const ROOM_BYTES = 64 * MIB

/**
 * maxmemory bounds what Redis counts itself: fragmentation and pages that a snapshot copies come on top
 * (evict.c getMaxmemoryState, server.c). A snapshot under writes may copy every page.
 */
export const redis: ModelOf = { runtime: 'redis', model }

function model(view: RuntimeView): ProcessModel | null {
  const data = view.items.find(({ name }) => name === 'dataset')
  if (data === undefined || data.capBytes === null || view.residentBytes === null) return null
  const used = view.items.reduce(
    (sum, { name, bytes }) => sum + (OUTSIDE.has(name) ? 0 : (bytes ?? 0)),
    0,
  )
  const copied = bytesOf(view, 'copied for a snapshot that runs')
  const fragmentation = used === 0 ? 1 : Math.max(1, (view.residentBytes - copied) / used)
  // What is small cannot tell: an empty server is all overhead.
  const factor = used < data.capBytes / 10 ? 1 : Math.min(fragmentation, 2)
  const held = data.capBytes * factor
  return {
    bytes: Math.ceil(2 * held + ROOM_BYTES),
    // All that grows, grows with the data.
    unboundedBytes: 0,
    says: [
      `maxmemory ${formatBytes(data.capBytes)}${factor === 1 ? '' : ` and ${Math.round((factor - 1) * 100)} % of fragmentation`}`,
      'as much again for a snapshot while everything is written',
      `${formatBytes(ROOM_BYTES)} for buffers`,
    ],
  }
}

/** Items that maxmemory does not count. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'fragmentation',
  'freed and kept by the allocator, and its own tables',
  'copied for a snapshot that runs',
  'program and libraries',
])

function bytesOf(view: RuntimeView, name: string): number {
  return view.items.find((item) => item.name === name)?.bytes ?? 0
}
