import type { LogLine } from './line.ts'
import { openReport, secondsSince, type OpenReport } from './open-report.ts'

/** Reports kept of one log; what comes after is dropped, and the coverage says so. */
export const MAX_REPORTS = 20_000

/** No kernel takes longer from the header to the kill line, slow serial consoles included. */
const MAX_GAP_SECONDS = 120

/** Reports that may still get a line: a kill, or word of the oom_reaper. Older ones are settled. */
const MAX_UNSETTLED = 128

/** Who writes (CPUs, or tasks) is remembered of so many: they seldom write reports at the same time. */
const MAX_CALLERS = 8

/** The reports that may still get lines: which of them a line belongs to, and when each is settled. */
export class OpenReports {
  /** The last one that began; null: there is none, or it was given up. */
  latest: OpenReport | null = null
  /** Reports were dropped: there are too many. */
  isCut = false
  private readonly settle: (report: OpenReport) => void
  private readonly unsettled: OpenReport[] = []
  private readonly byCaller = new Map<string, OpenReport>()
  private count = 0

  /** `settle` gets every report once, in the order of their first lines. */
  constructor(settle: (report: OpenReport) => void) {
    this.settle = settle
  }

  /** Of a log whose lines do not say who wrote them: there is one at a time, and each line belongs to it. */
  get only(): OpenReport | null {
    return this.byCaller.size > 0 ? null : this.latest
  }

  /** The one that whoever wrote this line was at, else the latest. */
  find(line: LogLine): OpenReport | null {
    const ofCaller = line.caller === null ? undefined : this.byCaller.get(line.caller)
    return ofCaller ?? this.latest
  }

  /** A new one, from this line on. */
  begin(line: LogLine): OpenReport {
    const report = openReport(line)
    if (this.count >= MAX_REPORTS) {
      this.isCut = true
    } else {
      this.count++
      this.unsettled.push(report)
      if (this.unsettled.length > MAX_UNSETTLED) {
        for (const old of this.unsettled.splice(0, MAX_UNSETTLED / 2)) this.settle(old)
      }
    }
    this.latest = report
    if (line.caller !== null) {
      if (this.byCaller.size >= MAX_CALLERS) this.byCaller.clear()
      this.byCaller.set(line.caller, report)
    }
    return report
  }

  /** The open report this line may add to, or a new one whose earlier lines are missing. */
  unfinished(line: LogLine, fits: (report: OpenReport) => boolean): OpenReport {
    const report = this.find(line)
    if (report === null || report.kills.length > 0 || report.noKillable) return this.begin(line)
    const gap = secondsSince(report, line)
    if (gap !== null && Math.abs(gap) > MAX_GAP_SECONDS) return this.begin(line)
    return fits(report) ? report : this.begin(line)
  }

  /** What comes next belongs to none of those before. */
  giveUp(): void {
    this.latest = null
  }

  /** At the end of the log. */
  settleAll(): void {
    for (const report of this.unsettled.splice(0)) this.settle(report)
  }
}
