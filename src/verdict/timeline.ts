import type { Observation } from '../model/evidence.ts'
import type { Instant } from '../model/time.ts'
import type { Incident } from './incident.ts'

export interface TimelineEntry {
  at: Instant
  what: string
  observation: Observation
}

/** Shown at most; a storm's other kills are counted in the verdict. */
const MAX_ENTRIES = 40

/** Everything dated that belongs to the incident, oldest first. */
export function timelineOf(incident: Incident): readonly TimelineEntry[] {
  const dated: Observation[] = [
    ...incident.events,
    ...incident.earlierKills,
    ...incident.reports,
    ...incident.kubernetesEvents,
    ...(incident.workload === null ? [] : [incident.workload]),
    ...(incident.figures === null ? [] : [incident.figures]),
    ...incident.mesos,
    ...incident.userspaceKills,
    ...incident.panics,
    ...incident.faults,
    ...incident.runtimeOoms,
    ...(incident.blackBox === null ? [] : [incident.blackBox]),
    ...(incident.ending?.because ?? []),
  ]
  return [...new Set(dated)]
    .flatMap((observation) =>
      observation.at === null ? [] : [{ at: observation.at, what: observation.says, observation }],
    )
    .toSorted((a, b) => a.at - b.at)
    .slice(0, MAX_ENTRIES)
}
