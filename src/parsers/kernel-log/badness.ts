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
 * The points of oom_badness() (mm/oom_kill.c), as a score relative to `totalPages`: 1000 stands for all of it.
 * `totalPages` is the limit of the memory group with its swap, or RAM and swap of the machine. Scores above 1000 are
 * possible; a task that may not be killed, or whose adjustment outweighs its memory, has 0.
 */
export function badness(
  task: BadnessInputs,
  totalPages: number,
  { rootBonus = false }: BadnessOptions = {},
): number | null {
  if (totalPages <= 0) return null
  if (task.oomScoreAdj === EXEMPT) return 0
  let points = task.rssPages + task.swapPages + task.pageTablePages
  if (rootBonus) points -= Math.floor((points * 3) / 100)
  points += task.oomScoreAdj * Math.floor(totalPages / 1000)
  return Math.max(0, Math.floor((points * 1000) / totalPages))
}
