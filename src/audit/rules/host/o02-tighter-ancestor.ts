import { formatBytes } from '../../../model/bytes.ts'
import type { LiveContainer, Machine, MemoryGroup, Said } from '../../machine.ts'
import { onMachines, type Rule } from '../../rule.ts'
import { onMachine } from './examples.ts'

const container = (above: string): string => `
"containers": [
  {
    "name": "docker:web",
    "groups": [
      { "path": "/shop/4f1c0a", "limitBytes": 536870912 },
      { "path": "/shop", "limitBytes": ${above} }
    ]
  }
]`

export const tighterAncestor: Rule = {
  id: 'O02',
  severity: 'high',
  title: 'A group above a container holds less than the container may take',
  why: "The kernel counts a page against every group on the way up, and the first that is full kills. A container in a slice, a pod, a task or another container with a smaller limit never reaches its own, and what kills it stands in no setting of its own. A JVM looks at all groups; Node.js sees its own alone, and sizes its heap by what it will never get. Raise the group's limit, or lower the container's.",
  reference:
    'kernel, mm/memcontrol.c, try_charge; measured: below a parent of 512 MiB, JDK 17 and 25 take a heap of 128 MiB, Node 18 to 26 one of 4 GiB',
  examples: {
    bad: onMachine(container('»268435456')),
    good: onMachine(container('2147483648')),
  },
  check: onMachines(function* (machine) {
    for (const container of machine.containers) {
      const tight = tightestAbove(container)
      if (tight === null) continue
      const { name, group } = container
      const own = group.limit?.value ?? null
      const isBlind = runsBlindNode(machine, name)
      if (own === null ? !isBlind : tight.bound.value >= own) continue
      const may = own === null ? 'has no limit of its own' : `may take ${formatBytes(own)}`
      const share = `${tight.group.path} above it ${tight.isSlowed ? 'is slowed down at' : 'has'} ${formatBytes(tight.bound.value)}`
      const blind = isBlind
        ? `; its Node.js sizes its heap by ${own === null ? 'the machine' : formatBytes(own)}`
        : ''
      yield { place: tight.bound.place, message: `${name} ${may}, and ${share}${blind}` }
    }
  }),
}

interface Tight {
  group: MemoryGroup
  bound: Said<number>
  isSlowed: boolean
}

/** The smallest limit above a container. */
function tightestAbove({ above }: LiveContainer): Tight | null {
  const bounds = above.flatMap((group): Tight[] => [
    ...(group.limit === null ? [] : [{ group, bound: group.limit, isSlowed: false }]),
    ...(group.high === null ? [] : [{ group, bound: group.high, isSlowed: true }]),
  ])
  const [first, ...rest] = bounds
  if (first === undefined) return null
  return rest.reduce((best, next) => (next.bound.value < best.bound.value ? next : best), first)
}

/** A Node.js that chooses its heap by itself. */
function runsBlindNode({ programs }: Machine, container: string): boolean {
  return programs.some(
    (program) =>
      program.container === container && program.name === 'node' && program.isBounded === false,
  )
}
