import type { OomKill, OomReport } from '../../model/kernel.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import { badness } from '../../parsers/kernel-log/badness.ts'
import { badnessInputs } from './pages.ts'

/**
 * Whether the score that a kernel printed for a root's process shows the bonus of kernels before 4.17.
 *
 * @returns null where it does not tell
 */
export function pointsShowRootBonus(
  report: OomReport,
  scored: OomKill,
  totalPages: number,
  pageSizeBytes: number,
): boolean | null {
  const row = report.processes.find(({ pid }) => pid === scored.pid)
  if (row?.uid !== 0) return null
  const [withBonus, without] = [true, false].map((rootBonus) =>
    isItsScore(row, scored, { totalPages, pageSizeBytes, rootBonus }),
  )
  return withBonus === undefined || withBonus === without ? null : withBonus
}

/** Whether a printed score shows that the kernel measured by so many pages: it is what its formula gives for them. */
export function scoreShowsTotal(
  report: OomReport,
  totalPages: number,
  pageSizeBytes: number,
): boolean {
  const scored = report.kills.find(({ score }) => score !== null)
  const row = report.processes.find(({ pid }) => pid === scored?.pid)
  if (scored === undefined || row === undefined) return false
  return [row.uid === 0, false].some((rootBonus) =>
    isItsScore(row, scored, { totalPages, pageSizeBytes, rootBonus }),
  )
}

function isItsScore(
  row: ProcessMemory,
  { score }: OomKill,
  by: { totalPages: number; pageSizeBytes: number; rootBonus: boolean },
): boolean {
  const task = badnessInputs(row, by.pageSizeBytes)
  if (task === null || score === null) return false
  return badness(task, by.totalPages, { rootBonus: by.rootBonus }) === score
}
