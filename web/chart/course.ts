import { formatBytes } from '../../src/model/bytes.ts'
import type { CoursePoint } from '../../src/model/case.ts'
import { largestOf, smallestOf } from '../../src/model/extremes.ts'
import { clock, span } from '../words/time.ts'

/** Something that happened at one moment of a course. */
export interface Mark {
  at: number
  /** How much was in use then; null: not known. Kills and phases are lines from top to bottom all the same. */
  bytes: number | null
  /** `phase`: from here on it did something else. */
  kind: 'kill' | 'warning' | 'phase'
  label: string
}

export interface Course {
  /** Oldest first. */
  points: readonly CoursePoint[]
  marks: readonly Mark[]
  /** Times are told as seconds since this one; without it, as the clock shows them. */
  since?: number
}

/** A time of a course, as its table tells it. */
export function timeInWords(course: Course, at: number): string {
  return course.since === undefined ? clock(at) : `${secondsOf(course, at).toFixed(2)} s`
}

/** Where a time is on the axis. */
export function secondsOf({ since = 0 }: Course, at: number): number {
  return (at - since) / 1_000
}

/** The limit is drawn where it can be reached at all in sight; far above, it would press the course flat. */
const FARTHEST_LIMIT = 4

/** A peak between both ends that is so much higher is told by itself. */
const NOTABLE_PEAK = 1.05

export function highestBytes({ points, marks }: Course): number {
  return Math.max(
    1,
    largestOf(points.map(({ usageBytes }) => usageBytes)),
    largestOf(marks.map(({ bytes }) => bytes ?? 0)),
  )
}

export function isLimitInSight(course: Course): boolean {
  const lowest = smallestOf(course.points.map(({ limitBytes }) => limitBytes ?? Infinity))
  return lowest <= FARTHEST_LIMIT * highestBytes(course)
}

/** What the chart shows, in words: for whoever cannot see it, and as a check for whoever can. */
export function courseInWords({ points, marks }: Course): string {
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) return 'Nothing is known of its course.'
  const seconds = (last.at - first.at) / 1_000
  const limit = last.limitBytes
  const change = last.usageBytes - first.usageBytes
  const moved =
    Math.abs(change) <= Math.max(first.usageBytes, last.usageBytes) / 50
      ? `stayed near ${formatBytes(last.usageBytes)}`
      : `${change > 0 ? 'rose' : 'fell'} from ${formatBytes(first.usageBytes)} to ${formatBytes(last.usageBytes)}`
  const peak = largestOf(points.map(({ usageBytes }) => usageBytes))
  const hasPeak = peak > Math.max(first.usageBytes, last.usageBytes) * NOTABLE_PEAK
  return [
    `It ${moved} in ${span(seconds)}`,
    hasPeak ? `, with ${formatBytes(peak)} at most` : '',
    limit === null ? '' : `, under a limit of ${formatBytes(limit)}`,
    killsInWords(marks, last.at),
    '.',
  ].join('')
}

/** A kill is mostly the end of it; some live on. */
function killsInWords(marks: readonly Mark[], end: number): string {
  const kills = marks.filter(({ kind }) => kind === 'kill')
  const last = kills.at(-1)
  if (last === undefined) return ''
  if (last.at >= end) return ', and then it was killed'
  return kills.length === 1 ? ', with a kill meanwhile' : `, with kills at ${kills.length} moments`
}
