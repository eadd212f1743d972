import { counted } from '../model/counted.ts'
import { type Cluster, lifeOf, type WorkloadLife } from './cluster.ts'
import type { Place, SourceFile } from './documents/place.ts'
import type { Workload } from './workload.ts'

/** What the pods of workloads went through, by the places of what is found in them. */
export class History {
  readonly #clusters: readonly Cluster[]
  readonly #byFile = new Map<SourceFile, Workload[]>()

  constructor(clusters: readonly Cluster[], workloads: readonly Workload[]) {
    this.#clusters = clusters
    if (clusters.length === 0) return
    for (const workload of workloads) {
      const { file } = workload.place
      const known = this.#byFile.get(file)
      if (known === undefined) this.#byFile.set(file, [workload])
      else known.push(workload)
    }
  }

  /** One sentence without a full stop; null where nothing is known, or nothing happened. */
  at({ file, start }: Place): string | null {
    const workload = this.#byFile.get(file)?.find(({ root }) => {
      const place = root?.place
      return place !== undefined && place.start <= start && start <= place.end
    })
    const life = workload === undefined ? null : lifeOf(this.#clusters, workload)
    return life === null ? null : lifeWords(life)
  }
}

/** @example "killed for memory in 2 of 5 pods, last at 2026-11-22T10:00:00Z; 12 restarts" */
export function lifeWords({ pods, evicted, containers }: WorkloadLife): string | null {
  const killed = Math.max(0, ...containers.map((container) => container.killed))
  const restarts = containers.reduce((sum, container) => sum + container.restarts, 0)
  const last = containers
    .flatMap(({ lastKillAt }) => lastKillAt ?? [])
    .toSorted()
    .at(-1)
  const words = [
    killed === 0
      ? null
      : `killed for memory in ${killed} of ${counted(pods, 'pod')}${last === undefined ? '' : `, last at ${last}`}`,
    evicted === 0 ? null : `${counted(evicted, 'pod')} evicted for memory`,
    restarts === 0 ? null : counted(restarts, 'restart'),
  ].filter((part) => part !== null)
  return killed === 0 && evicted === 0 ? null : words.join('; ')
}
