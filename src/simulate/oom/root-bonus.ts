import type { OomKill, OomReport } from '../../model/kernel.ts'
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
  const task = badnessInputs(row, pageSizeBytes)
  if (task === null) return null
  const withBonus = badness(task, totalPages, { rootBonus: true }) === scored.score
  const without = badness(task, totalPages) === scored.score
  return withBonus === without ? null : withBonus
}
