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
  warns: 'Only the groups of this container are seen; or memory is not counted in the own group',
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
    const own = cgroupOfProcess(reader, hierarchy, process.pid)
    const uncounted = own === null ? null : whyUncounted(reader, hierarchy, own)
    const evidence = { version, mountPoint, mountRoot, ownGroup: own }
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
    ])
  },
}
