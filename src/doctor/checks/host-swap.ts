import { formatBytes } from '../../model/bytes.ts'
import { surveyHost } from '../../investigate/survey/host.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

/** The file of a group that bounds its swap, by the version of cgroups. */
const FILE = { 1: 'memory.memsw.limit_in_bytes', 2: 'memory.swap.max' } as const

export const hostSwap: MachineCheck = {
  of: 'machine',
  id: 'check.host.swap',
  title: 'The swap of groups is counted',
  severity: 'medium',
  runbook: 'docs/guides/doctor.md',
  warns: 'There is swap, and groups do not count it',
  fails: 'Never',
  async look({ reader }) {
    const hierarchy = findMemoryHierarchy(reader)
    const host = hierarchy === null ? null : surveyHost(reader, hierarchy)
    const swapBytes = host?.memory?.swapBytes ?? null
    if (hierarchy === null || swapBytes === null) {
      return {
        kind: 'skipped',
        says: 'neither memory groups nor the swap of this machine can be read',
        todo: "run it on the machine itself, or mount the machine's /sys/fs/cgroup into the container",
      }
    }
    const file = FILE[hierarchy.version]
    const isCounted = host?.swapAccounting ?? null
    const evidence = { version: hierarchy.version, swapBytes, file, swapAccounting: isCounted }
    return judged(saysOf(swapBytes, isCounted, file), evidence, [
      problemIf(
        isCounted === false && swapBytes > 0 && 'warn',
        `the machine has ${formatBytes(swapBytes)} of swap, and groups do not count it (no group has ${file}): a container with a limit may swap without one`,
        'start the kernel with swapaccount=1 on its command line',
      ),
    ])
  },
}

function saysOf(swapBytes: number, isCounted: boolean | null, file: string): string {
  if (swapBytes === 0) return 'the machine has no swap: a limit is a limit of memory alone'
  const size = formatBytes(swapBytes)
  return isCounted === null
    ? `the machine has ${size} of swap, and no group shows whether it is counted`
    : `the ${size} of swap are counted for each group (${file})`
}
