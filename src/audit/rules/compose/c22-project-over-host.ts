import { formatBytes, GIB } from '../../../model/bytes.ts'
import { textAt } from '../../documents/value.ts'
import type { SourceFile } from '../../documents/place.ts'
import type { Rule } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { percent } from '../words.ts'
import { raw } from '../examples.ts'

/** The rest is for the system and the engine. */
const MOST = 0.9

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
  title: 'The limits of a project are more than its machine has',
  why: 'Limits are no reservations: together they may be more than the machine has, and then the machine runs out before any container reaches its own. The kernel kills by score, whoever it hits.',
  reference: 'kernel, mm/oom_kill.c, oom_badness; 10 % for the system and the engine is a policy',
  examples: {
    bad: { ...raw('compose.yaml', project('»', '4g')), host: { memoryBytes: 8 * GIB } },
    good: { ...raw('compose.yaml', project('', '3g')), host: { memoryBytes: 8 * GIB } },
  },
  *check({ workloads, host }) {
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
      const isUnbounded = containers.some(({ limit }) => limit === null)
      const more = isUnbounded ? ', and others have no limit at all' : ''
      yield {
        place: first.place,
        message: `limits of ${formatBytes(sum)} are ${percent(sum, host.memoryBytes)} of the machine's ${formatBytes(host.memoryBytes)}${more}`,
      }
    }
  },
}

function limitsOf({ limit, root }: Container): number {
  const replicas = Number(textAt(root, 'deploy', 'replicas') ?? '1')
  return (limit?.bytes ?? 0) * (Number.isInteger(replicas) && replicas > 0 ? replicas : 1)
}
