import { formatBytes } from '../../model/bytes.ts'
import type { Tool } from './tool.ts'

/** The high-water mark, which samples of any monitoring miss. */
export const peak: Tool = {
  name: 'cgroup peak',
  figure({ group }) {
    if (group === null) return null
    const file = group.version === 1 ? 'memory.max_usage_in_bytes' : 'memory.peak'
    const { peakBytes, chargeBytes } = group
    const above = peakBytes === null ? 0 : peakBytes - chargeBytes
    return {
      tool: `cgroup ${file}`,
      bytes: peakBytes,
      formula: file,
      says:
        peakBytes === null
          ? 'this kernel does not keep it: memory.peak came with 5.19'
          : above > 0
            ? `the most that was charged since the group was made, ${formatBytes(above)} more than now; page cache counts, so it says little where files are read`
            : 'the most that was charged since the group was made: that is now',
    }
  },
}
