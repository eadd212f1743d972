import { counted } from '../../model/counted.ts'
import { formatBytes } from '../../model/bytes.ts'
import { mainProcess, sumOver } from './sums.ts'
import type { Tool } from './tool.ts'

/** What one looks up first: VmRSS of PID 1 in the container, RES of `top`. */
export const mainRss: Tool = {
  name: 'VmRSS',
  figure({ processes, container, scope }) {
    if (scope !== 'group') return null
    const main = mainProcess(processes, container?.pid ?? null)
    if (main === null) return null
    const others = sumOver(
      processes.filter((process) => process !== main),
      ({ rssBytes }) => rssBytes,
    )
    return {
      tool: `VmRSS of ${main.pid} (top RES)`,
      bytes: main.rssBytes,
      formula: `/proc/${main.pid}/status VmRSS = RssAnon + RssFile + RssShmem`,
      says:
        main.rssBytes === null
          ? 'its resident memory could not be read'
          : others.of === 0
            ? 'the only process; page cache that it reads without mapping it, and the kernel, do not count'
            : `the main process alone: ${counted(others.of, 'other has', 'others have')} ${formatBytes(others.bytes)}, shared pages counted in each`,
    }
  },
}
