import { badnessPoints, badnessScore } from '../../parsers/kernel-log/badness.ts'
import type { Exemption, OomCandidate, RankedProcess } from './candidate.ts'
import { badnessInputs } from './pages.ts'
import type { OomRules } from './rules.ts'

export interface Scale {
  /** `totalpages` of struct oom_control; null where it is not known. */
  totalPages: number | null
  /** What it is at least: the limit without the swap that counts with it. */
  atLeastPages: number
  pageSizeBytes: number
}

/** `OOM_SCORE_ADJ_MIN` */
const NEVER = -1000
/** More pages than 2^60 bytes have, where only adjustments count. */
const BOUNDLESS_PAGES = 2 ** 48

/**
 * The processes in the order in which they would be chosen, those that never are at the end.
 *
 * Where the total is not known, neither is what an adjustment weighs. The first place may be certain all the same: points
 * are linear in the total, so that who is first for the smallest and for a boundless one is first for all between.
 *
 * @param candidates in the order in which the kernel meets them, which decides between equals
 * @returns null where the first place cannot be told
 */
export function rank(
  candidates: readonly OomCandidate[],
  scale: Scale,
  rules: OomRules,
): RankedProcess[] | null {
  if (scale.totalPages !== null) return ranked(candidates, scale, scale.totalPages, rules)
  const ranking = ranked(candidates, scale, scale.atLeastPages, rules)
  const extreme = ranked(candidates, scale, BOUNDLESS_PAGES, rules)
  if (ranking[0]?.pid !== extreme[0]?.pid) return null
  const weighs = new Set(ranking.filter((one) => one.spared === null).map((one) => one.oomScoreAdj))
  return ranking.map((one) => ({
    ...one,
    badness: null,
    behindBytes: weighs.size > 1 && one !== ranking[0] ? null : one.behindBytes,
  }))
}

function ranked(
  candidates: readonly OomCandidate[],
  scale: Scale,
  totalPages: number,
  rules: OomRules,
): RankedProcess[] {
  const scored = candidates.map((one) => score(one, scale, totalPages, rules))
  if (rules.ofEquals === 'last') scored.reverse()
  // Array sorting is stable: equals keep the order they were met in.
  const ordered = scored.toSorted((a, b) => order(b) - order(a))
  const most = ordered[0]?.points ?? null
  return ordered.map((one) => ({ ...one, behindBytes: behind(one.points, most, scale) }))
}

function order({ points }: RankedProcess): number {
  return points ?? Number.MIN_SAFE_INTEGER
}

/** Why a process is never chosen, or null. */
export function sparedBy(candidate: OomCandidate): Exemption | null {
  return candidate.exempt ?? (candidate.oomScoreAdj === NEVER ? 'adjusted' : null)
}

function score(
  candidate: OomCandidate,
  scale: Scale,
  totalPages: number,
  rules: OomRules,
): RankedProcess {
  const spared = sparedBy(candidate)
  const points = spared === null ? pointsOf(candidate, scale, totalPages, rules) : null
  const isKnown = totalPages > 0 && (points !== null || spared !== null)
  const badness = isKnown ? badnessScore(points, totalPages) : null
  return { ...candidate, spared, points, badness, behindBytes: null }
}

function pointsOf(
  candidate: OomCandidate,
  scale: Scale,
  totalPages: number,
  rules: OomRules,
): number | null {
  const inputs = badnessInputs(candidate, scale.pageSizeBytes)
  if (inputs === null) return null
  const rootBonus = rules.rootBonus && candidate.uid === 0
  const points = badnessPoints(inputs, totalPages, { rootBonus })
  return points !== null && rules.atLeastOnePoint ? Math.max(points, 1) : points
}

function behind(points: number | null, most: number | null, scale: Scale): number | null {
  return points === null || most === null ? null : (most - points) * scale.pageSizeBytes
}
