import { formatBytes } from '../model/bytes.ts'
import type { Workload, WorkloadRevision } from '../model/cluster.ts'
import type { Observation } from '../model/evidence.ts'
import type { Incident } from './incident.ts'

/** The version of its workload that a pod's container ran in when the incident came. */
export interface Release {
  workload: Observation<Workload>
  newest: WorkloadRevision
  before: WorkloadRevision | null
}

/** Null where the pod belongs to nothing, or it has had one version alone, or the incident is older than the newest. */
export function releaseOf({ workload, at }: Incident): Release | null {
  if (workload === null) return null
  const [newest, before] = workload.fact.revisions
  if (newest === undefined || newest.since === null) return null
  if (at !== null && at < newest.since) return null
  return { workload, newest, before: before ?? null }
}

/** The limits of the container before and since a release that lowered it; null where none did. */
export function loweredLimit(
  incident: Incident,
  { newest, before }: Release,
): { from: number | null; to: number } | null {
  const name = incident.podContainer?.name
  const limitIn = (revision: WorkloadRevision | null): number | null | undefined =>
    revision?.containers.find((container) => container.name === name)?.memoryLimitBytes
  const from = limitIn(before)
  const to = limitIn(newest)
  if (from === undefined || to === undefined || to === null) return null
  return from === null || from > to ? { from, to } : null
}

/** `revision 3 of Deployment shop/web, of 2026-11-20 10:02:00 UTC`, as people look for it. */
export function releaseInWords({ workload, newest }: Release): string {
  const { ownerKind, namespace, owner } = workload.fact
  const since = new Date(newest.since ?? 0).toISOString().slice(0, 19).replace('T', ' ')
  return `revision ${newest.revision} of ${ownerKind} ${namespace}/${owner} (${since} UTC)`
}

export function limitInWords(bytes: number | null): string {
  return bytes === null ? 'no limit' : formatBytes(bytes)
}
