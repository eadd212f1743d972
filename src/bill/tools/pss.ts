import { outsideProcesses } from './outside-processes.ts'
import { sentence } from './sentences.ts'
import { sumOver, wholeSum } from './sums.ts'
import type { Tool } from './tool.ts'

/** PSS of `smem`: each page divided among those that map it, so that it adds up. */
export const pss: Tool = {
  name: 'PSS',
  figure({ group, processes, scope }) {
    if (scope === 'host' || processes.length === 0) return null
    const sum = sumOver(processes, ({ pssBytes }) => pssBytes)
    return {
      tool: processes.length === 1 ? 'PSS (smem)' : 'PSS (smem), added up',
      bytes: wholeSum(sum),
      formula: 'smaps_rollup Pss of each process',
      says:
        sum.missing > 0
          ? `smaps_rollup of ${sum.missing} of ${sum.of} processes could not be read`
          : sentence('each page counts once, in shares', outsideProcesses(group)),
    }
  },
}
