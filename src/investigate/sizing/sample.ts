import type { CgroupState } from '../../model/facts.ts'
import type { Sample } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { groupSample } from '../../parsers/series/group-sample.ts'

/** A group's files as one moment of a series; null where they do not say what it uses. */
export function sampleOf(state: CgroupState, at: Instant): Sample | null {
  if (state.usageBytes === null) return null
  return groupSample(at, {
    version: state.version,
    usageBytes: state.usageBytes,
    limitBytes: state.limitBytes,
    peakBytes: state.peakBytes,
    limitHits: state.failcnt ?? (state.eventsLocal ?? state.events)?.max ?? null,
    oomKills: state.events?.oomKill ?? state.oomControl?.oomKill ?? null,
    swapBytes: state.swapUsageBytes,
    tcpBytes: state.tcpUsageBytes,
    processes: state.pids?.length ?? null,
    stat: state.stat,
  })
}
