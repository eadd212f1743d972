import type { Attempt } from '../../src/model/scan-job.ts'
import type { AttemptMemory } from '../../src/model/scan-profile.ts'
import type { Course, Mark } from '../chart/course.ts'

/** The memory of an attempt as a chart takes it: its limit, what it did when, and its end where it was killed. */
export function attemptCourse(
  { startedAt, endedAt, limitBytes, outcome }: Attempt,
  { samples, phases, peakBytes }: AttemptMemory,
): Course {
  const points = samples.map(({ atMs, usageBytes }) => ({
    at: startedAt + atMs,
    usageBytes,
    limitBytes,
  }))
  const begun = phases.slice(1).map(({ phase, startMs }): Mark => ({
    at: startedAt + startMs,
    bytes: null,
    kind: 'phase',
    label: phase,
  }))
  // What is written down of an attempt is a moment later than its end.
  const last = phases.at(-1)
  const end = last === undefined ? endedAt : startedAt + last.startMs + last.durationMs
  const killed: Mark[] =
    outcome === 'oom' && end !== null
      ? [{ at: end, bytes: peakBytes, kind: 'kill', label: 'killed' }]
      : []
  return { points, marks: [...begun, ...killed], since: startedAt }
}
