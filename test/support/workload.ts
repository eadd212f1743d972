/** Incidents of a pod that belongs to a workload with versions. */
import { MIB } from '../../src/model/bytes.ts'
import type { WorkloadRevision } from '../../src/model/cluster.ts'
import type { Incident } from '../../src/verdict/incident.ts'
import { incident, NOW, podContainer, seen } from './incident.ts'

/** The container `app` with this limit, beside another one. */
export function revision(
  number: number,
  memoryLimitBytes: number | null,
  since: number | null = NOW - 60_000 / number,
): WorkloadRevision {
  const beside = { name: 'sidecar', image: null, memoryLimitBytes: number * MIB }
  return {
    ...{ revision: number, since, oomKilled: 0, restarts: 0, pods: 1 },
    containers: [beside, { name: 'app', image: null, memoryLimitBytes }],
  }
}

/** The newest version first. */
export function ofWorkload(
  revisions: readonly WorkloadRevision[],
  change: Partial<Incident> = {},
): Incident {
  const names = { namespace: 'shop', pod: 'web-1', ownerKind: 'Deployment', owner: 'web' }
  return incident({
    workload: seen({ kind: 'workload', ...names, revisions }),
    podContainer: podContainer(),
    ...change,
  })
}
