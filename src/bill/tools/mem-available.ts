import { formatBytes } from '../../model/bytes.ts'
import { sentence } from './sentences.ts'
import type { Tool } from './tool.ts'

/** MemAvailable (Documentation/filesystems/proc.rst): what could be had without swapping. */
export const memAvailable: Tool = {
  name: 'MemAvailable',
  figure({ host, scope, group }) {
    if (host === null || host.availableBytes === null) return null
    const limit = group?.limitBytes ?? null
    return {
      tool: 'MemAvailable',
      bytes: host.availableBytes,
      formula: 'MemAvailable of /proc/meminfo',
      says: sentence(
        scope === 'host'
          ? 'an estimate of what programs can still have without swapping'
          : 'what the whole machine could still give',
        host.freeBytes === null
          ? null
          : `${formatBytes(host.freeBytes)} (MemFree) are unused, which by itself says nothing`,
        limit === null || group === null
          ? null
          : `this group may take ${formatBytes(Math.max(0, limit - group.chargeBytes))} more before its limit of ${formatBytes(limit)}`,
      ),
    }
  },
}
