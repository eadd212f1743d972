/** What oom_badness() adds up for one task, in pages. */
export interface BadnessInputs {
  rssPages: number
  swapPages: number
  pageTablePages: number
  oomScoreAdj: number
}

export interface BadnessOptions {
  /** Tasks with CAP_SYS_ADMIN had 3 % taken off before 4.17. */
  rootBonus?: boolean
}

/** `oom_score_adj` that exempts a task. */
const EXEMPT = -1000

/**
 * The points of oom_badness() (mm/oom_kill.c), in pages: what the kernel compares. `totalPages` is the limit of the memory
 * group with its swap, or RAM and swap of the machine. Below 0 where the adjustment outweighs the memory; null for a task
 * that is exempt.
 */
export function badnessPoints(
  task: BadnessInputs,
  totalPages: number,
  { rootBonus = false }: BadnessOptions = {},
): number | null {
  if (task.oomScoreAdj === EXEMPT) return null
  let points = task.rssPages + task.swapPages + task.pageTablePages
  if (rootBonus) points -= Math.floor((points * 3) / 100)
  return points + task.oomScoreAdj * Math.floor(totalPages / 1000)
}

/**
 * The same as a score relative to `totalPages`: 1000 stands for all of it. Scores above 1000 are possible; a task that may
 * not be killed, or whose adjustment outweighs its memory, has 0.
 */
export function badness(
  task: BadnessInputs,
  totalPages: number,
  options: BadnessOptions = {},
): number | null {
  if (totalPages <= 0) return null
  return badnessScore(badnessPoints(task, totalPages, options), totalPages)
}

/** Points as a score. */
export function badnessScore(points: number | null, totalPages: number): number {
  return points === null ? 0 : Math.max(0, Math.floor((points * 1000) / totalPages))
}
