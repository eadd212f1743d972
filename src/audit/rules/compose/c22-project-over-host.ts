import { describeCgroupPath } from '../../../evidence/cgroup-path.ts'
import { formatBytes, GIB } from '../../../model/bytes.ts'
import { textAt } from '../../documents/value.ts'
import type { SourceFile } from '../../documents/place.ts'
import { boundOf, type LiveContainer, mostBytes, type Machine } from '../../machine.ts'
import type { AuditContext, Rule, RuleFinding } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { percent } from '../words.ts'
import { raw } from '../examples.ts'

/** The rest is for the system and the engine. */
const MOST = 0.9
const MAX_NAMED = 5

const project = (mark: string, limit: string): string => `services:
  ${mark}web:
    image: registry.example.com/web:1
    mem_limit: ${limit}
  worker:
    image: registry.example.com/worker:1
    mem_limit: ${limit}
`

export const projectOverHost: Rule = {
  id: 'C22',
  severity: 'high',
  title: 'Containers may take more together than their machine has',
  why: 'Limits are no reservations: together they may be more than the machine has, and then the machine runs out before any container reaches its own. The kernel kills by score, whoever it hits. A container without a limit makes any sum of the others worthless.',
  reference: 'kernel, mm/oom_kill.c, oom_badness; 10 % for the system and the engine is a policy',
  examples: {
    bad: { ...raw('compose.yaml', project('»', '4g')), host: { memoryBytes: 8 * GIB } },
    good: { ...raw('compose.yaml', project('', '3g')), host: { memoryBytes: 8 * GIB } },
  },
  check: function* (context) {
    yield* overProjects(context)
    for (const machine of context.machines) yield* overMachine(machine)
  },
}

function* overProjects({ workloads, host }: AuditContext): Iterable<RuleFinding> {
  if (host.memoryBytes === null) return
  const files = new Map<SourceFile, Container[]>()
  for (const { platform, place, containers } of workloads) {
    if (platform !== 'compose') continue
    files.set(place.file, [...(files.get(place.file) ?? []), ...containers])
  }
  for (const containers of files.values()) {
    const sum = containers.reduce((bytes, container) => bytes + limitsOf(container), 0)
    const [first] = containers
    if (first === undefined || sum <= MOST * host.memoryBytes) continue
    const unlimited = containers.filter(({ limit }) => limit === null).length
    const message =
      unlimited === 0
        ? tooMuch(sum, host.memoryBytes)
        : `unbounded: ${unlimited} of ${containers.length} have no limit, and the others alone may take more than the machine has`
    yield { place: first.place, message }
  }
}

/** What runs on a machine, whoever started it. A container without a limit is not nothing, but everything. */
function* overMachine(whole: Machine): Iterable<RuleFinding> {
  const machine = { ...whole, containers: whole.containers.filter(isOutsideOfPods) }
  const { containers, memoryBytes } = machine
  const unlimited = containers.filter((container) => boundOf(container) === null)
  const [first] = unlimited
  if (first !== undefined) {
    const names = unlimited.slice(0, MAX_NAMED).map(({ name }) => name)
    const more = unlimited.length > names.length ? ', …' : ''
    const message = `unbounded: ${unlimited.length} of ${containers.length} running containers have no limit (${names.join(', ')}${more})`
    yield { place: first.place, message }
    return
  }
  const sum = mostBytes(machine)
  if (sum === null || memoryBytes === null || sum <= MOST * memoryBytes.value) return
  yield { place: memoryBytes.place, message: tooMuch(sum, memoryBytes.value) }
}

/** Pods are scheduled by what they request, and evicted: their limits may well be more than the node has. */
function isOutsideOfPods({ group }: LiveContainer): boolean {
  return describeCgroupPath(group.path).podUid === null
}

function tooMuch(sum: number, memoryBytes: number): string {
  return `limits of ${formatBytes(sum)} are ${percent(sum, memoryBytes)} of the machine's ${formatBytes(memoryBytes)}`
}

function limitsOf({ limit, root }: Container): number {
  const replicas = Number(textAt(root, 'deploy', 'replicas') ?? '1')
  return (limit?.bytes ?? 0) * (Number.isInteger(replicas) && replicas > 0 ? replicas : 1)
}
