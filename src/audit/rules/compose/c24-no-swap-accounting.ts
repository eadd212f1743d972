import { formatBytes } from '../../../model/bytes.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from '../host/examples.ts'

const machine = (accounting: string): string => `
"memory": { "totalBytes": 17179869184, "swapBytes": 4294967296 },
"swapAccounting": ${accounting},
"containers": [
  { "name": "docker:web", "groups": [{ "path": "/docker/4f1c0a", "limitBytes": 536870912 }] }
]`

export const noSwapAccounting: Rule = {
  id: 'C24',
  severity: 'high',
  title: 'Swap is not counted: every container may use all of it',
  why: "Docker says 'Memory limited without swap', and means that it cannot limit swap: at its limit a container goes on into the swap of the whole machine, whatever its memswap_limit says. Boot with swapaccount=1 (cgroup v1), or without swap.",
  reference: 'moby, daemon/daemon_unix.go, verifyPlatformContainerResources: MemorySwap becomes -1',
  examples: {
    bad: onMachine(machine('»false'), 1),
    good: onMachine(machine('true'), 1),
  },
  check: onMachines(function* ({ hasSwapAccounting, swapBytes, containers }) {
    if (hasSwapAccounting?.value !== false || swapBytes === null || swapBytes.value === 0) return
    const limited = containers.filter(({ group }) => group.limit !== null)
    const who =
      limited.length === 0
        ? 'a container with a limit'
        : limited.length === 1
          ? (limited[0]?.name ?? '')
          : `${limited.length} containers with a limit`
    yield {
      place: hasSwapAccounting.place,
      message: `${who} may use ${formatBytes(swapBytes.value)} of swap beside it`,
    }
  }),
}
