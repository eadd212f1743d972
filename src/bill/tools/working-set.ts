import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { GroupFigures } from '../figures.ts'
import { kindsOf } from './kinds.ts'
import { amount, listed, sentence } from './sentences.ts'
import type { Tool } from './tool.ts'

/**
 * The working set of cAdvisor and of containerd's CRI (google/cadvisor, container/libcontainer/handler.go;
 * containerd, internal/cri/server/container_stats_list.go), which the kubelet evicts by and `kubectl top` and `crictl stats` show.
 */
export const workingSet: Tool = {
  name: 'kubectl top',
  figure({ group, inPod, container }) {
    if (group === null || !(inPod || container !== null || isContainer(group))) return null
    const { inactiveFileBytes, activeFileBytes } = kindsOf(group)
    return {
      tool: inPod ? 'kubectl top (working set)' : 'cAdvisor (working set)',
      bytes: inactiveFileBytes === null ? null : Math.max(0, group.chargeBytes - inactiveFileBytes),
      formula:
        group.version === 1
          ? 'max(0, memory.usage_in_bytes - memory.stat total_inactive_file)'
          : 'max(0, memory.current - memory.stat inactive_file)',
      says: sentence(
        leftOut(inactiveFileBytes),
        listed(
          amount(activeFileBytes, 'of page cache on the active list (active_file) still count'),
        ),
        isWholePod(group) ? 'for a pod it adds up the containers, without the sandbox' : null,
        inPod ? 'its sample is up to a minute old' : null,
      ),
    }
  },
}

function leftOut(inactive: number | null): string {
  if (inactive === null) return 'memory.stat has no inactive_file here'
  const parts = amount(inactive, 'of page cache on the inactive list (inactive_file) are left out')
  return parts[0] ?? 'there is next to no page cache that could be left out'
}

function isContainer({ path }: GroupFigures): boolean {
  return path !== null && describeCgroupPath(path).containerId !== null
}

function isWholePod({ path }: GroupFigures): boolean {
  if (path === null) return false
  const { podPath, containerId } = describeCgroupPath(path)
  return podPath !== null && containerId === null
}
