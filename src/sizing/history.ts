import type { Recording, Sample, SeriesMark } from '../model/series.ts'
import type { SizingEvidence } from '../model/sizing.ts'
import type { Instant } from '../model/time.ts'
import { largestOf } from '../model/extremes.ts'
import { MEASURES, needOf } from './need.ts'
import type { Measure, Need } from './need.ts'
import { LEAST_SAMPLES } from './policy.ts'
import { median } from './robust/quantile.ts'

/** What is known of the workload as it is now, over time. */
export interface History {
  /** The recordings that measure best, as one: what growth is judged from. Null where there is none. */
  recording: Recording | null
  /** Since the workload changed; oldest first. */
  needs: readonly Need[]
  samples: readonly Sample[]
  measure: Measure | null
  /** Time that was watched: gaps are not part of it. */
  watchedSeconds: number
  /** Lives that were seen, one at least where anything was. */
  lives: number
  /** The last change of image or configuration. */
  changedAt: Instant | null
}

/** One history of all recordings. What was before a change of the workload counts only where nothing came after it. */
export function historyOf(evidence: SizingEvidence): History {
  const recording = bestRecording(evidence.recordings)
  const samples = recording?.group.samples ?? []
  const marks = recording?.group.marks ?? []
  const changes = [evidence.changedAt, ...changesIn(samples, marks)].filter((at) => at !== null)
  const changedAt = changes.length === 0 ? null : largestOf(changes)
  const after = changedAt === null ? samples : samples.filter(({ at }) => at >= changedAt)
  const current = after.length === 0 ? samples : after
  const needs = current.map(needOf).filter((need) => need !== null)
  const from = needs[0]?.at ?? 0
  return {
    recording,
    needs,
    samples: current,
    measure: worstOf(needs),
    watchedSeconds: watchedSeconds(current),
    lives: needs.length === 0 ? 0 : 1 + marks.filter((mark) => isNewLife(mark, from)).length,
    changedAt,
  }
}

function isNewLife({ kind, at }: SeriesMark, from: Instant): boolean {
  return kind === 'start' && at > from
}

/** Series that measure differently are not mixed: the best measure has the word, if it saw enough. */
function bestRecording(recordings: readonly Recording[]): Recording | null {
  const measured = recordings.flatMap((recording) => {
    const needs = recording.group.samples.map(needOf).filter((need) => need !== null)
    const measure = worstOf(needs)
    return measure === null ? [] : [{ recording, rank: MEASURES.indexOf(measure), needs }]
  })
  const enough = measured.filter(({ needs }) => needs.length >= LEAST_SAMPLES)
  const best = Math.min(...(enough.length === 0 ? measured : enough).map(({ rank }) => rank))
  const chosen = measured.filter(({ rank }) => rank === best).map(({ recording }) => recording)
  const [first, ...others] = chosen
  return first === undefined ? null : others.reduce(joined, first)
}

function worstOf(needs: readonly Need[]): Measure | null {
  return MEASURES.findLast((measure) => needs.some((need) => need.measure === measure)) ?? null
}

function joined(one: Recording, other: Recording): Recording {
  const byTime = (a: { at: Instant }, b: { at: Instant }): number => a.at - b.at
  const samples = [...one.group.samples, ...other.group.samples].toSorted(byTime)
  return {
    ...one,
    subject: one.subject ?? other.subject,
    group: {
      ...one.group,
      samples: samples.filter(({ at }, index) => at !== samples[index + 1]?.at),
      marks: [...one.group.marks, ...other.group.marks].toSorted(byTime),
    },
    processes: [...one.processes, ...other.processes],
    regions: [...one.regions, ...other.regions].toSorted(byTime),
    unknown: [...new Set([...one.unknown, ...other.unknown])],
  }
}

/** A new limit changes what is allowed, not what is needed: only other changes are ones of the workload. */
function changesIn(samples: readonly Sample[], marks: readonly SeriesMark[]): Instant[] {
  return marks
    .filter(({ kind }) => kind === 'change')
    .filter(({ at }) => limitBefore(samples, at) === limitAfter(samples, at))
    .map(({ at }) => at)
}

function limitBefore(samples: readonly Sample[], at: Instant): number | null {
  return (
    samples.findLast((sample) => sample.at < at && sample.limitBytes !== null)?.limitBytes ?? null
  )
}

function limitAfter(samples: readonly Sample[], at: Instant): number | null {
  return samples.find((sample) => sample.at >= at && sample.limitBytes !== null)?.limitBytes ?? null
}

/** A gap much longer than the usual step was not watched. */
const LONGEST_STEPS = 10

function watchedSeconds(samples: readonly Sample[]): number {
  const steps = samples.slice(1).map(({ at }, index) => (at - (samples[index]?.at ?? at)) / 1_000)
  const longest = median(steps) * LONGEST_STEPS
  return steps.filter((step) => step <= longest).reduce((sum, step) => sum + step, 0)
}
