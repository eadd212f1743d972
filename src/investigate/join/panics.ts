/** Which kernel report a panic followed. */
import type { Observation } from '../../model/evidence.ts'
import type { KernelPanic, OomReport } from '../../model/kernel.ts'
import { fileOf } from '../renderings.ts'

/** A panic comes within this time of the report that led to it. */
const NEAR_MS = 5 * 60_000

export interface PlacedPanics {
  byReport: ReadonlyMap<Observation<OomReport>, readonly Observation<KernelPanic>[]>
  /** Panics without a report before them: the machine's own. */
  alone: readonly Observation<KernelPanic>[]
}

/** Gives each panic to the last report before it, and to none of the earlier ones. */
export function placePanics(
  panics: readonly Observation<KernelPanic>[],
  reports: readonly Observation<OomReport>[],
): PlacedPanics {
  const byReport = new Map<Observation<OomReport>, Observation<KernelPanic>[]>()
  const alone: Observation<KernelPanic>[] = []
  for (const panic of panics) {
    const before = closestBefore(panic, reports)
    if (before === null) {
      if (panic.fact.outOfMemory) alone.push(panic)
      continue
    }
    byReport.set(before, [...(byReport.get(before) ?? []), panic])
  }
  return { byReport, alone }
}

function closestBefore(
  panic: Observation<KernelPanic>,
  reports: readonly Observation<OomReport>[],
): Observation<OomReport> | null {
  let best: { report: Observation<OomReport>; gap: number } | null = null
  for (const report of reports) {
    const gap = gapMs(report, panic)
    if (gap !== null && gap >= 0 && gap < NEAR_MS && (best === null || gap <= best.gap)) {
      best = { report, gap }
    }
  }
  return best?.report ?? null
}

/** Boot times compare only within one boot, which one file is taken to hold. Null: the two cannot be compared. */
function gapMs(report: Observation<OomReport>, panic: Observation<KernelPanic>): number | null {
  if (report.at !== null && panic.at !== null) return panic.at - report.at
  if (fileOf(report.from) !== fileOf(panic.from)) return null
  const [from, to] = [report.fact.bootSeconds, panic.fact.bootSeconds]
  return from === null || to === null ? 0 : (to - from) * 1_000
}
