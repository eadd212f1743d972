import { formatBytes } from '../../model/bytes.ts'
import type { HostMemory } from '../../model/facts.ts'
import { sentence } from './sentences.ts'
import type { Tool } from './tool.ts'

/** The column `used` of `free` (procps, library/meminfo.c). */
export const free: Tool = {
  name: 'free',
  figure({ host, scope }) {
    if (host === null || host.totalBytes === null) return null
    const older = usedBefore401(host)
    return {
      tool: 'free (used)',
      bytes: host.availableBytes === null ? older : host.totalBytes - host.availableBytes,
      formula: 'MemTotal - MemAvailable of /proc/meminfo',
      says: sentence(
        scope === 'host'
          ? 'what programs could not have any more: page cache that can be dropped does not count'
          : 'the whole machine, also when it is run inside a container; it knows no limit',
        older === null
          ? null
          : `procps before 4.0.1 and busybox show MemTotal - MemFree - Buffers - Cached - SReclaimable: ${formatBytes(older)}`,
      ),
    }
  },
}

/** procps from 3.3.12 on, and busybox. */
function usedBefore401({ totalBytes, freeBytes, fields }: HostMemory): number | null {
  const buffers = fields.get('Buffers')
  const cached = fields.get('Cached')
  const slab = fields.get('SReclaimable')
  if (totalBytes === null || freeBytes === null) return null
  if (buffers === undefined || cached === undefined || slab === undefined) return null
  const used = totalBytes - freeBytes - buffers - cached - slab
  return used < 0 ? totalBytes - freeBytes : used
}
