import type { CgroupState } from '../../model/facts.ts'
import type { Sample } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { stateSample } from '../../parsers/series/group-sample.ts'

/** A group's files as one moment of a series; null where they do not say what it uses. */
export function sampleOf(state: CgroupState, at: Instant): Sample | null {
  return state.usageBytes === null ? null : stateSample(at, state)
}
