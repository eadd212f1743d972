import { surveyHost } from '../../investigate/survey/host.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../../sources/cgroup/locate.ts'
import { whyUncounted } from '../../sources/cgroup/uncounted.ts'
import type { MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

export const hostCgroup: MachineCheck = {
  of: 'machine',
  id: 'check.host.cgroup',
  title: 'Memory groups are there, and count',
  severity: 'high',
  runbook: 'docs/guides/doctor.md',
  warns:
    'Only the groups of this container are seen; memory is not counted in the own group; or swap is not counted, though there is swap',
  fails: 'No memory groups are mounted',
  async look({ reader }) {
    const hierarchy = findMemoryHierarchy(reader)
    if (hierarchy === null) {
      return judged('', {}, [
        problemIf(
          'fail',
          'no memory groups are mounted here',
          "run it on the machine itself, or mount the machine's /sys/fs/cgroup into the container",
        ),
      ])
    }
    const { version, mountRoot, mountPoint } = hierarchy
    const host = surveyHost(reader, hierarchy)
    const own = cgroupOfProcess(reader, hierarchy, process.pid)
    const uncounted = own === null ? null : whyUncounted(reader, hierarchy, own)
    const swapBytes = host?.memory?.swapBytes ?? null
    const swapAccounting = host?.swapAccounting ?? null
    const evidence = {
      ...{ version, mountPoint, mountRoot, ownGroup: own },
      ...{ swapBytes, swapAccounting },
    }
    return judged(`memory groups of cgroup v${version} are seen from the top`, evidence, [
      problemIf(
        mountRoot !== '/' && 'warn',
        `only the groups below ${mountRoot} are seen: limits above it are unknown`,
        "mount the machine's /sys/fs/cgroup into the container, with --cgroupns=host",
      ),
      problemIf(
        uncounted !== null && own !== '/' && 'warn',
        uncounted?.what ?? '',
        uncounted?.todo ?? '',
      ),
      problemIf(
        swapAccounting === false && (swapBytes ?? 0) > 0 && 'warn',
        'the machine has swap, and groups do not count it: a container with a limit may swap without one',
        'start the kernel with swapaccount=1',
      ),
    ])
  },
}
