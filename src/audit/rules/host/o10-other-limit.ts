import { formatBytes } from '../../../model/bytes.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

/** The kernel rounds a limit to its pages, of which the largest have 64 KiB. */
const PAGE = 64 * 1024

const container = (limit: string): string => `
"containers": [
  {
    "name": "docker:web",
    "askedBytes": 536870912,
    "groups": [{ "path": "/docker/4f1c0a", "limitBytes": ${limit} }]
  }
]`

export const otherLimit: Rule = {
  id: 'O10',
  severity: 'warning',
  title: 'The limit that holds is not the one the engine knows',
  why: "Somebody changed the group behind the engine's back, or with a podman update that is not kept: inspect tells a limit that does not hold, and at the next start the old one is back. Change it with docker update, or in the file the container comes from.",
  reference:
    'moby, daemon/update_linux.go: the engine writes the limit at a start and an update alone; measured: Podman 4.3 keeps no update',
  examples: {
    bad: onMachine(container('»1073741824')),
    good: onMachine(container('536870912')),
  },
  check: onMachines(function* ({ containers, engines }) {
    // Where the engine cannot limit at all, that is what has to be told.
    if (engines.some(({ limitsMemory }) => limitsMemory?.value === false)) return
    for (const { name, askedBytes, group } of containers) {
      if (askedBytes === null) continue
      const held = group.limit?.value ?? null
      if (held !== null && Math.abs(held - askedBytes.value) < PAGE) continue
      yield {
        place: group.limit?.place ?? group.place,
        message: `${name} was given ${formatBytes(askedBytes.value)}, and its group has ${held === null ? 'no limit' : formatBytes(held)}`,
      }
    }
  }),
}
