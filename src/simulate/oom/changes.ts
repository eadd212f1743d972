import type { OomSetting } from './simulate.ts'
import { simulateOom } from './simulate.ts'

/** What shall be tried out. */
export interface OomChanges {
  adjustments: readonly Adjustment[]
  /** memory.oom.group of the group at its limit; null leaves it as it is. */
  oomGroup: boolean | null
}

export interface Adjustment {
  /** A PID, or the name of one or more processes. */
  who: string
  oomScoreAdj: number
}

export interface AppliedAdjustment {
  pid: number
  name: string
  from: number | null
  to: number
}

/** The setting after the changes; `unmatched` are those that name nobody. */
export function withChanges(
  setting: OomSetting,
  changes: OomChanges,
): { setting: OomSetting; applied: AppliedAdjustment[]; unmatched: string[] } {
  const applied: AppliedAdjustment[] = []
  const matched = new Set<string>()
  const candidates = setting.candidates.map((candidate) => {
    const change = changes.adjustments.findLast(
      ({ who }) => who === String(candidate.pid) || who === candidate.name,
    )
    if (change === undefined) return candidate
    matched.add(change.who)
    const { pid, name, oomScoreAdj } = candidate
    applied.push({ pid, name, from: oomScoreAdj, to: change.oomScoreAdj })
    return { ...candidate, oomScoreAdj: change.oomScoreAdj }
  })
  const unmatched = changes.adjustments.map(({ who }) => who).filter((who) => !matched.has(who))
  const oomGroups = withOomGroup(setting, changes.oomGroup)
  return { setting: { ...setting, candidates, oomGroups }, applied, unmatched }
}

function withOomGroup(
  { oomGroups, path }: OomSetting,
  flag: boolean | null,
): OomSetting['oomGroups'] {
  if (flag === null || path === null) return oomGroups
  // Without the flag nothing below it stays together either: the question is who dies alone.
  return flag ? new Map([...oomGroups, [path, true]]) : new Map()
}

/** The highest oom_score_adj with which somebody else would be chosen, and who. */
export interface SparingAdjustment {
  oomScoreAdj: number
  next: { pid: number; name: string }
}

/**
 * How far the adjustment of the chosen process would have to be lowered.
 *
 * @returns null where nobody else could be chosen, or what adjustments weigh is not known
 */
export function adjustmentThatSpares(setting: OomSetting): SparingAdjustment | null {
  const chosen = simulateOom(setting)?.chosen ?? null
  const current = chosen?.oomScoreAdj ?? null
  if (chosen === null || current === null || setting.scale.totalPages === null) return null
  const chosenWith = (oomScoreAdj: number) => {
    const adjustments = [{ who: String(chosen.pid), oomScoreAdj }]
    return (
      simulateOom(withChanges(setting, { adjustments, oomGroup: null }).setting)?.chosen ?? null
    )
  }
  let [spares, keeps] = [-1000, current]
  if (chosenWith(spares) === null) return null
  while (keeps - spares > 1) {
    const middle = Math.floor((keeps + spares) / 2)
    if (chosenWith(middle)?.pid === chosen.pid) keeps = middle
    else spares = middle
  }
  const next = chosenWith(spares)
  return next === null || next.pid === chosen.pid
    ? null
    : { oomScoreAdj: spares, next: { pid: next.pid, name: next.name } }
}
