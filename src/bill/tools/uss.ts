import { formatBytes } from '../../model/bytes.ts'
import { sumOver, wholeSum } from './sums.ts'
import type { Tool } from './tool.ts'

/** USS of `smem`: what one process alone maps. */
export const uss: Tool = {
  name: 'USS',
  figure({ processes, scope }) {
    if (scope === 'host' || processes.length === 0) return null
    const sum = sumOver(processes, ({ ussBytes }) => ussBytes)
    const shares = wholeSum(sumOver(processes, ({ pssBytes }) => pssBytes))
    const shared = shares === null ? null : Math.max(0, shares - sum.bytes)
    return {
      tool: processes.length === 1 ? 'USS (smem)' : 'USS (smem), added up',
      bytes: wholeSum(sum),
      formula: 'smaps_rollup Private_Clean + Private_Dirty of each process',
      says:
        sum.missing > 0
          ? `smaps_rollup of ${sum.missing} of ${sum.of} processes could not be read`
          : `what would come free if one process alone ended${shared === null ? '' : `: the ${formatBytes(shared)} that they share would stay`}`,
    }
  },
}
