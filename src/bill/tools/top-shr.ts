import { mainProcess } from './sums.ts'
import type { Tool } from './tool.ts'

/** SHR of `top`: the third figure of /proc/PID/statm. */
export const topShr: Tool = {
  name: 'top SHR',
  figure({ processes, container, scope }) {
    if (scope === 'host') return null
    const main = mainProcess(processes, container?.pid ?? null)
    if (main === null) return null
    const { fileRssBytes, shmemRssBytes } = main
    const bytes =
      fileRssBytes === null || shmemRssBytes === null ? null : fileRssBytes + shmemRssBytes
    return {
      tool: `top SHR of ${main.pid}`,
      bytes,
      formula: 'RssFile + RssShmem',
      says:
        bytes === null
          ? 'this kernel does not tell the kinds: RssFile came with 4.5'
          : 'pages of files and of shared memory, which others could map, too; pages that a fork shares are not among them',
    }
  },
}
