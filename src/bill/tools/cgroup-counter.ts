import { formatBytes } from '../../model/bytes.ts'
import { sentence } from './sentences.ts'
import type { Tool } from './tool.ts'

/** The counter that the limit is compared with, and what engines give out by their API as it is. */
export const cgroupCounter: Tool = {
  name: 'cgroup',
  figure({ group }) {
    if (group === null) return null
    const file = group.version === 1 ? 'memory.usage_in_bytes' : 'memory.current'
    return {
      tool: `cgroup ${file}`,
      bytes: group.chargeBytes,
      formula: file,
      says: sentence(
        'this is the charge, which the limit is compared with',
        "docker's API shows it as memory_stats.usage, cAdvisor as container_memory_usage_bytes",
        group.version === 1 && group.kmemBytes !== null
          ? `the kernel's part, ${formatBytes(group.kmemBytes)}, is in it`
          : null,
      ),
    }
  },
}
