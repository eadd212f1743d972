import { formatBytes } from '../../model/bytes.ts'
import { sumOver, wholeSum } from './sums.ts'
import type { Tool } from './tool.ts'

/** VSZ of `ps`, VIRT of `top`: VmSize of /proc/PID/status. */
export const psVsz: Tool = {
  name: 'ps VSZ',
  figure({ processes, scope }) {
    if (scope === 'host' || processes.length === 0) return null
    const bytes = wholeSum(sumOver(processes, ({ totalVmBytes }) => totalVmBytes))
    const resident = wholeSum(sumOver(processes, ({ rssBytes }) => rssBytes))
    const there = resident === null ? '' : `; ${formatBytes(resident)} of it are resident`
    return {
      tool: processes.length === 1 ? 'ps VSZ' : 'ps VSZ, added up',
      bytes,
      formula: 'VmSize of each process',
      says:
        bytes === null
          ? 'the address space of some processes could not be read'
          : `address space that was asked for, and not memory${there}: it says nothing about a limit`,
    }
  },
}
