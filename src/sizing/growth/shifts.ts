import { largestOf, smallestOf } from '../../model/extremes.ts'
import { median, quantile, sortedNumbers, spread } from '../robust/quantile.ts'
import { worthNaming } from './significance.ts'
import type { View } from './view.ts'

interface Shift {
  from: number
  to: number
}

export interface Shifts {
  /** In their order, one at least. */
  shifts: readonly Shift[]
  /** Of the judged stretch: the first sample that surely stands at the last level. */
  since: number
}

/** A series is looked at as the medians of this many parts. */
const PARTS = 120
const LEAST_PARTS = 12
/** More jumps than this are a way of growing. */
const MOST_SHIFTS = 3
/** Each level lasts for this share of the parts at least: otherwise it is a burst. */
const LEAST_LASTING = 0.08
/** Of the jump, that happens between two neighbouring parts. */
const ABRUPT = 0.6
/** A level is one where it moves by no more than this share of the jump. */
const LEVEL = 0.35
const LEAST_NOISES = 5

/** The jumps between levels that explain a series; null where it is not made of levels. */
export function shiftsOf(view: View): Shifts | null {
  const { values } = view.judged
  const known = [...values.keys()].filter((index) => Number.isFinite(values[index]))
  const levels = mediansOf(known.map((index) => values[index] ?? 0))
  if (levels.length < LEAST_PARTS) return null
  const lasting = Math.max(2, Math.ceil(LEAST_LASTING * levels.length))
  const cuts = cutsOf(levels, lasting, MOST_SHIFTS)
  const last = cuts?.at(-1)
  if (cuts === null || last === undefined) return null
  const pieces = [0, ...cuts].map((cut, index) => levels.slice(cut, cuts[index] ?? levels.length))
  const middles = pieces.map((piece) => median(piece))
  const shifts = middles.slice(1).map((to, index) => ({ from: middles[index] ?? to, to }))
  const smallest = smallestOf(shifts.map(({ from, to }) => Math.abs(to - from)))
  const noise = median(pieces.map((piece) => spread(piece)))
  if (smallest < Math.max(worthNaming(view, view.trend.levelBytes), LEAST_NOISES * noise))
    return null
  const areLevels = pieces.every((piece) => movesBy(piece) <= LEVEL * smallest)
  const areAbrupt = cuts.every((cut, index) => isAbrupt(levels, cut, shifts[index]))
  // The part in which it jumps holds both levels.
  const since = known[Math.floor(((last + 1) * known.length) / levels.length)] ?? 0
  return areLevels && areAbrupt ? { shifts, since } : null
}

function isAbrupt(levels: readonly number[], cut: number, shift: Shift | undefined): boolean {
  if (shift === undefined) return false
  // The part in which it jumps has a median of its own: it counts with either neighbour.
  const around = levels.slice(Math.max(0, cut - 2), cut + 2)
  const step = largestOf(around) - smallestOf(around)
  return step >= ABRUPT * Math.abs(shift.to - shift.from)
}

function movesBy(piece: readonly number[]): number {
  const third = Math.max(1, Math.floor(piece.length / 3))
  const drift = Math.abs(median(piece.slice(-third)) - median(piece.slice(0, third)))
  const sorted = sortedNumbers(piece)
  return Math.max(drift, quantile(sorted, 0.9) - quantile(sorted, 0.1))
}

function mediansOf(values: readonly number[]): number[] {
  const parts = Math.min(PARTS, values.length)
  return Array.from({ length: parts }, (_, part) => {
    const edges = [part, part + 1].map((edge) => Math.floor((edge * values.length) / parts))
    return median(values.slice(edges[0], edges[1]))
  })
}

/** Where to cut so that the pieces are as level as can be; null where more cuts than allowed would still help much. */
function cutsOf(levels: readonly number[], lasting: number, most: number): number[] | null {
  const cuts: number[] = []
  let squares = squaresOf(levels)
  const all = squares
  while (cuts.length <= most) {
    const edges = [0, ...cuts, levels.length]
    const tries = edges.slice(1).flatMap((end, index) => {
      const start = edges[index] ?? 0
      const places = Array.from(
        { length: Math.max(0, end - start - 2 * lasting + 1) },
        (_, place) => start + lasting + place,
      )
      const before = squaresOf(levels.slice(start, end))
      return places.map((cut) => ({
        cut,
        gain: before - squaresOf(levels.slice(start, cut)) - squaresOf(levels.slice(cut, end)),
      }))
    })
    const best = tries.reduce((found, next) => (next.gain > found.gain ? next : found), {
      cut: 0,
      gain: 0,
    })
    if (best.gain < 0.5 * squares || best.gain < 0.02 * all) return cuts
    if (cuts.length === most) return null
    cuts.push(best.cut)
    cuts.sort((a, b) => a - b)
    squares -= best.gain
  }
  return cuts
}

function squaresOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}
