import { formatBytes } from '../../model/bytes.ts'
import { kindsOf } from './kinds.ts'
import type { Tool } from './tool.ts'

/** The field that is called RSS and is none (Documentation/admin-guide/cgroup-v1/memory.rst, 5.2). */
export const containerRss: Tool = {
  name: 'memory.stat rss',
  figure({ group }) {
    if (group === null) return null
    const key = group.version === 1 ? 'total_rss' : 'anon'
    const { anonBytes, mappedBytes } = kindsOf(group)
    const files =
      mappedBytes === null
        ? 'files and shared memory that are mapped'
        : `${formatBytes(mappedBytes)} of files and shared memory that are mapped`
    return {
      tool: `memory.stat ${key} (container_memory_rss)`,
      bytes: anonBytes,
      formula: `memory.stat ${key}`,
      says:
        anonBytes === null
          ? `memory.stat has no ${key} here`
          : `anonymous memory alone, and no resident set size: ps counts ${files}, too`,
    }
  },
}
