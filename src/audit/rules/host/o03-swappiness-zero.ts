import { formatBytes } from '../../../model/bytes.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

const container = (swappiness: string): string => `
"memory": { "totalBytes": 17179869184, "swapBytes": 4294967296 },
"containers": [
  {
    "name": "docker:web",
    "groups": [{ "path": "/docker/4f1c0a", "limitBytes": 536870912, "swappiness": ${swappiness} }]
  }
]`

export const swappinessOff: Rule = {
  id: 'O03',
  severity: 'warning',
  title: 'There is swap, and a container never uses it',
  why: 'With a swappiness of 0, reclaim at a limit takes file pages alone: when none are left, the container is killed, though swap is free. On cgroup v1 it is a setting of each container, on cgroup v2 the one of the machine. With 1 it swaps only where it must.',
  reference:
    'kernel, mm/vmscan.c, get_scan_count; Documentation/admin-guide/cgroup-v1/memory.rst, section 5.3',
  examples: {
    bad: onMachine(container('»0'), 1),
    good: onMachine(container('60'), 1),
  },
  check: onMachines(function* ({ cgroup, swapBytes, sysctls, containers }) {
    if (swapBytes === null || swapBytes.value === 0) return
    const swap = formatBytes(swapBytes.value)
    const ofMachine = sysctls.get('vm.swappiness')
    if (cgroup?.value === 2 && ofMachine?.value === 0) {
      const message = `vm.swappiness is 0: at its limit no container gets any of ${swap} of swap`
      yield { place: ofMachine.place, message }
    }
    if (cgroup?.value !== 1) return
    for (const { name, group } of containers) {
      if (group.swappiness?.value !== 0 || group.limit === null) continue
      const message = `at its limit of ${formatBytes(group.limit.value)}, ${name} gets none of ${swap} of swap`
      yield { place: group.swappiness.place, message }
    }
  }),
}
