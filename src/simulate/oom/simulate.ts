import type { OomCandidate, RankedProcess } from './candidate.ts'
import { isInside, upwards } from './paths.ts'
import { rank, type Scale, sparedBy } from './rank.ts'
import type { OomRules } from './rules.ts'

/** All that decides whom the OOM killer takes. */
export interface OomSetting {
  /** `memory-group`: a limit is reached. `host`: the machine runs out. */
  scope: 'memory-group' | 'host'
  /** In the order in which the kernel meets them. */
  candidates: readonly OomCandidate[]
  scale: Scale
  rules: OomRules
  /** The group whose limit is reached; null for the machine, or where it is not known. */
  path: string | null
  /** memory.oom.group of the groups that are known, by path; empty on cgroup v1. */
  oomGroups: ReadonlyMap<string, boolean>
  /** `vm.panic_on_oom`; null where it is not known. */
  panicOnOom: number | null
  /** `vm.oom_kill_allocating_task`: looked at only where the machine runs out. */
  killsAllocatingTask: boolean | null
  /** memory.oom_control of cgroup v1: the group's processes are stopped, not killed. */
  killDisabled: boolean
}

export type OomOutcome =
  /** The one at the top of the ranking is killed. */
  | 'one'
  /** It is killed together with its group (memory.oom.group). */
  | 'group'
  /** A child of it is killed in its place. */
  | 'child'
  /** The kernel kills whoever asks for memory at that moment. */
  | 'allocating-task'
  /** The kernel panics in place of killing. */
  | 'panic'
  /** OOM killing is turned off for the group: what asks for memory there sleeps until some is free. */
  | 'asleep'
  /** There is nothing that may be killed. */
  | 'nobody'

/** What would happen. */
export interface OomSimulation {
  outcome: OomOutcome
  /** Best match first; those that are never chosen last. */
  ranking: readonly RankedProcess[]
  /** The one at the top, where it is what decides. */
  chosen: RankedProcess | null
  /** Everyone who would be killed, the decisive one first. */
  victims: readonly RankedProcess[]
  /** The group that is killed as a whole. */
  groupPath: string | null
}

/**
 * Whom the kernel's OOM killer would take, by the rules of select_bad_process() and oom_kill_process() (mm/oom_kill.c).
 *
 * @returns null where the evidence does not decide: the weight of adjustments, or the memory of a process, is not known
 */
export function simulateOom(setting: OomSetting): OomSimulation | null {
  const ranking = rank(setting.candidates, setting.scale, setting.rules)
  if (ranking === null || ranking.some((one) => one.points === null && one.spared === null)) {
    return null
  }
  const nobody = { ranking, chosen: null, victims: [], groupPath: null }
  if (panics(setting)) return { ...nobody, outcome: 'panic' }
  if (setting.killDisabled) return { ...nobody, outcome: 'asleep' }
  if (setting.scope === 'host' && setting.killsAllocatingTask === true) {
    return { ...nobody, outcome: 'allocating-task' }
  }
  const chosen = ranking.find((one) => one.spared === null)
  if (chosen === undefined) return { ...nobody, outcome: 'nobody' }
  const victim = setting.rules.sacrificesChild ? (childOf(chosen, ranking) ?? chosen) : chosen
  const groupPath = groupKilledWith(victim, setting)
  if (groupPath !== null) {
    const others = ranking.filter((one) => one !== victim && isInside(one.cgroup, groupPath))
    const victims = [victim, ...others.filter((one) => sparedBy(one) === null)]
    return { outcome: 'group', ranking, chosen, victims, groupPath }
  }
  const outcome = victim === chosen ? 'one' : 'child'
  return { outcome, ranking, chosen, victims: [victim], groupPath: null }
}

/** Whether another one is so near that it may be taken in place of the chosen one. */
export function isCloseCall({ chosen, ranking }: OomSimulation, blurBytes: number): boolean {
  const second = ranking.find((one) => one !== chosen && one.spared === null)
  const gap = second?.behindBytes ?? null
  return chosen !== null && gap !== null && gap < blurBytes
}

/** check_panic_on_oom(): 1 stands for the machine alone, 2 for any shortage. */
function panics({ scope, panicOnOom }: OomSetting): boolean {
  return panicOnOom === 2 || (panicOnOom === 1 && scope === 'host')
}

/** The child with the most points, where it has memory of its own; of equals the first. */
function childOf(parent: RankedProcess, ranking: readonly RankedProcess[]): RankedProcess | null {
  const children = ranking.filter((one) => one.parentPid === parent.pid && one.spared === null)
  return children[0] ?? null
}

/** mem_cgroup_get_oom_group(): the highest group with the flag, from the victim's up to the one at its limit. */
function groupKilledWith(victim: RankedProcess, setting: OomSetting): string | null {
  if (!setting.rules.knowsOomGroup || victim.cgroup === null) return null
  const top = setting.scope === 'host' ? '/' : setting.path
  if (top === null || !isInside(victim.cgroup, top)) return null
  const between = upwards(victim.cgroup).filter((path) => isInside(path, top))
  // The root of the hierarchy has no such file.
  const flagged = between.filter((path) => path !== '/' && setting.oomGroups.get(path) === true)
  return flagged.at(-1) ?? null
}
