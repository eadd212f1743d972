import { counted } from '../../model/counted.ts'
import { formatBytes } from '../../model/bytes.ts'
import type { Workload, WorkloadRevision } from '../../model/cluster.ts'
import type { Observation } from '../../model/evidence.ts'
import { writeJson } from '../json-fields.ts'
import { observe } from './observation.ts'

/** What a pod belongs to, dated by its newest version. */
export function observeWorkload(fact: Workload, from: string): Observation<Workload> {
  const [newest] = fact.revisions
  return observe(
    { from, readAt: null, source: null },
    {
      fact,
      at: newest?.since ?? null,
      says: describeWorkload(fact),
      excerpt: writeJson(fact.revisions.slice(0, 3)),
      line: null,
    },
  )
}

/** One sentence: which version runs, what it changed, and how its containers fare. */
export function describeWorkload({ ownerKind, namespace, owner, revisions }: Workload): string {
  const name = `${ownerKind} ${namespace}/${owner}`
  const [newest, before] = revisions
  if (newest === undefined) return `The pod belongs to ${name}`
  const changes = before === undefined ? [] : changesBetween(before, newest)
  const changed = changes.length === 0 ? '' : ` (${changes.join('; ')})`
  const killed =
    newest.oomKilled === 0
      ? 'none of its containers was OOM-killed'
      : `${counted(newest.oomKilled, 'container')} OOM-killed, ${counted(newest.restarts, 'restart')}`
  return `${name} runs revision ${newest.revision}${changed}: ${counted(newest.pods, 'pod')}, ${killed}`
}

/** What a version changed that matters for memory. */
export function changesBetween(before: WorkloadRevision, after: WorkloadRevision): string[] {
  return after.containers.flatMap((container) => {
    const earlier = before.containers.find(({ name }) => name === container.name)
    if (earlier === undefined) return [`container ${container.name} is new`]
    const changes: string[] = []
    if (earlier.memoryLimitBytes !== container.memoryLimitBytes) {
      const words = [earlier, container].map(({ memoryLimitBytes: bytes }) =>
        bytes === null ? 'none' : formatBytes(bytes),
      )
      changes.push(`memory limit of ${container.name} from ${words.join(' to ')}`)
    }
    if (earlier.image !== container.image) {
      changes.push(`image of ${container.name} from ${earlier.image} to ${container.image}`)
    }
    return changes
  })
}
