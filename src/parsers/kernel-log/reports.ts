import { readBody, readStatLine } from './body.ts'
import { secondsSince, unmeasured, type KillOfReport, type OpenReport } from './open-report.ts'
import { OpenReports } from './open-reports.ts'
import { own, ownOrNull, type LogLine } from './line.ts'
import { Others } from './others.ts'
import { isFrameOfTrace, isRegisters } from './trace.ts'
import type { KilledLine, Said } from './wording.ts'

/** Rows and statistics of reports after these are left out, not the reports. */
const MAX_ROWS_IN_ALL = 300_000
const MAX_KILLS_OF_GROUP = 20_000
/** Kills remembered for oom_reaper lines. */
const MAX_REMEMBERED = 4_000
/** Lines of one report without an event before it is given up. */
const MAX_QUIET_LINES = 25_000
/** Only a report of a memory group has it. */
const STATISTICS = /^Memory cgroup stats for \//

/** Puts the lines of a log together to reports. */
export class Reports {
  readonly others = new Others()
  private readonly open: OpenReports
  private readonly killed = new Map<number, KillOfReport>()
  private rows = 0
  private isCut = false
  private quietLines = 0

  /** `settle` gets every report once, in the order of their first lines. */
  constructor(settle: (report: OpenReport) => void) {
    this.open = new OpenReports(settle)
  }

  /** Settles what is left at the end of the log. */
  finish(): void {
    this.open.settleAll()
  }

  /** Reports, rows or kills were left out: there are too many of them. */
  get truncated(): boolean {
    return this.isCut || this.open.isCut
  }

  /** True while lines without a wording of their own may belong to a report. */
  get expecting(): boolean {
    const { latest } = this.open
    return latest !== null && latest.kills.length === 0
  }

  /** A line that says something by itself. */
  hear(said: Said, line: LogLine): void {
    this.quietLines = 0
    switch (said.said) {
      case 'invoked':
        return this.invoked(said, line)
      case 'summary':
        return this.summary(said.summary, line)
      case 'chosen':
        return this.chosen(said, line)
      case 'killed':
        return this.kill(said.kill, line)
      case 'killed-unnamed':
        return this.killUnnamed(said.pid, line)
      case 'killed-with':
        return this.killedWith(said, line)
      case 'group':
        return this.group(said.memcg, line)
      case 'reaped':
        return this.reaped(said, line)
      case 'no-killable':
        return this.noKillable(said.manual, line)
      case 'task-in':
        return this.taskIn(said, line)
      case 'tasks-begin':
      case 'table-header':
        return this.tasks(said, line)
      case 'panic':
        if (said.message.includes('no killable processes')) this.noKillable(false, line)
        return this.others.hear(said, line)
      case 'suppressed':
      case 'fault':
      case 'candidate':
      case 'userspace':
        return this.others.hear(said, line)
    }
  }

  /** Any other line. */
  overhear(line: LogLine): void {
    const known = this.open.find(line)
    const isOpen = known !== null && known.kills.length === 0
    // People copy reports from here on, for the header stands behind a long call trace.
    if (!isOpen && !STATISTICS.test(line.text)) return
    const report = isOpen ? known : this.open.begin(line)
    if (++this.quietLines > MAX_QUIET_LINES) this.open.giveUp()
    if (this.rows > MAX_ROWS_IN_ALL && line.text.startsWith('[')) {
      this.isCut = true
      return
    }
    const before = report.body.rows.length
    const read = readBody(report.body, line.text, report.trigger?.name ?? null)
    this.rows += report.body.rows.length - before
    if (read) touch(report, line)
  }

  /**
   * Reads a line of statistics, or passes over a line of registers, without taking it apart first. False: the line must be
   * heard or overheard.
   */
  skim(raw: string, wordsAt: number): boolean {
    const current = this.open.only
    if (current === null) return false
    const first = raw.charCodeAt(wordsAt)
    if (first === 0x52) return current.body.pageSizeBytes !== null && isRegisters(raw, wordsAt)
    if (first === 0x43 || first === 0x3c) return isFrameOfTrace(raw, wordsAt)
    if (first < 0x61 || first > 0x7a || current.body.inside !== 'stat') return false
    return readStatLine(current.body, raw, wordsAt)
  }

  private decisive(report: OpenReport, line: LogLine): void {
    touch(report, line)
    if (report.excerpt.length < 6) report.excerpt.push(own(line.raw.slice(0, 1000)))
  }

  private invoked(said: Extract<Said, { said: 'invoked' }>, line: LogLine): void {
    const report = this.open.begin(line)
    report.hasHeader = true
    report.manual = said.order === -1
    report.trigger = {
      pid: null,
      name: said.name === null ? null : own(said.name),
      gfpMask: said.gfpMask === null ? null : own(said.gfpMask),
      order: said.order,
      oomScoreAdj: said.oomScoreAdj,
    }
    this.decisive(report, line)
  }

  private summary(summary: NonNullable<OpenReport['summary']>, line: LogLine): void {
    const report = this.open.unfinished(
      line,
      (open) => open.summary === null && open.chosen === null,
    )
    report.body.inside = null
    report.summary = {
      ...summary,
      oomMemcg: ownOrNull(summary.oomMemcg),
      taskMemcg: ownOrNull(summary.taskMemcg),
      cpuset: ownOrNull(summary.cpuset),
      task: ownOrNull(summary.task),
      constraint: ownOrNull(summary.constraint),
    }
    this.decisive(report, line)
  }

  private taskIn(said: Extract<Said, { said: 'task-in' }>, line: LogLine): void {
    const report = this.open.unfinished(
      line,
      (open) => open.taskIn === null && open.chosen === null,
    )
    report.taskIn = { taskMemcg: ownOrNull(said.taskMemcg), oomMemcg: ownOrNull(said.oomMemcg) }
    this.decisive(report, line)
  }

  private chosen(said: Extract<Said, { said: 'chosen' }>, line: LogLine): void {
    const report = this.open.unfinished(
      line,
      (open) => open.chosen === null && (open.summary?.pid ?? said.pid) === said.pid,
    )
    report.chosen = { pid: said.pid, name: own(said.name), score: said.score }
    report.memcgWords = saysMemcg(line.text)
    this.decisive(report, line)
  }

  private kill(kill: KilledLine, line: LogLine): void {
    const before = this.open.find(line)
    if (before !== null && before.groupKill !== null && isSoonAfter(before, line)) {
      this.addKill(before, kill, line)
      return
    }
    if (before !== null && isRepeated(before, kill, line)) return
    const report = this.open.unfinished(
      line,
      (open) => open.chosen !== null || (open.summary?.pid ?? kill.pid) === kill.pid,
    )
    this.addKill(report, kill, line)
  }

  /** The line breaks off before the name, and perhaps inside the number: only a name told elsewhere confirms it. */
  private killUnnamed(pid: number, line: LogLine): void {
    const report = this.open.find(line)
    if (report === null || report.kills.length > 0) return
    const { summary, chosen, body } = report
    const name =
      (summary?.pid === pid ? summary.task : null) ??
      (chosen?.pid === pid ? chosen.name : null) ??
      body.rows.find((row) => row.pid === pid)?.name
    if (name !== undefined) this.addKill(report, unmeasured(pid, name), line)
  }

  private addKill(report: OpenReport, kill: KilledLine, line: LogLine): void {
    // The first victim of a group is logged twice.
    if (report.kills.some((known) => known.line.pid === kill.pid)) {
      touch(report, line)
      return
    }
    if (report.kills.length >= MAX_KILLS_OF_GROUP) {
      this.isCut = true
      return
    }
    report.memcgWords ??= kill.memcg
    const kept = { line: { ...kill, name: own(kill.name) }, told: true, reaped: false }
    report.kills.push(kept)
    this.remember(kill.pid, kept)
    this.decisive(report, line)
  }

  private killedWith(said: Extract<Said, { said: 'killed-with' }>, line: LogLine): void {
    const report = this.open.find(line)
    if (report === null || report.kills.length === 0 || !isSoonAfter(report, line)) {
      const opened = this.open.begin(line)
      this.addKill(opened, unmeasured(said.pid, said.name), line)
      return
    }
    this.addKill(report, unmeasured(said.pid, said.name), line)
  }

  private group(memcg: string, line: LogLine): void {
    const report = this.open.find(line)
    if (report === null || !isSoonAfter(report, line)) {
      this.nameGroup(this.open.begin(line), memcg, line)
      return
    }
    if (report.groupKill === null) {
      this.nameGroup(report, memcg, line)
      return
    }
    const isPastedTwice = report.groupKill === memcg && report.groupBootSeconds === line.bootSeconds
    if (isPastedTwice && line.bootSeconds !== null) return
    // The next group: its first victim then stands at the end of this one.
    const first = report.kills.length > 1 ? report.kills.pop() : undefined
    const opened = this.open.begin(line)
    opened.memcgWords = report.memcgWords
    if (first !== undefined) opened.kills.push(first)
    this.nameGroup(opened, memcg, line)
  }

  private nameGroup(report: OpenReport, memcg: string, line: LogLine): void {
    report.groupKill = own(memcg)
    report.groupBootSeconds = line.bootSeconds
    this.decisive(report, line)
  }

  private reaped(said: Extract<Said, { said: 'reaped' }>, line: LogLine): void {
    const known = this.killed.get(said.pid)
    if (known !== undefined && known.line.name === said.name) {
      known.reaped = true
      return
    }
    // The kill line is lost; a chosen task without one may have had its child killed instead.
    const report = this.open.unfinished(
      line,
      (open) => open.chosen !== null || open.summary?.pid === said.pid,
    )
    const kept = { line: unmeasured(said.pid, said.name), told: false, reaped: true }
    report.kills.push(kept)
    this.remember(said.pid, kept)
    this.decisive(report, line)
  }

  private remember(pid: number, kill: KillOfReport): void {
    if (this.killed.size >= MAX_REMEMBERED) this.killed.clear()
    this.killed.set(pid, kill)
  }

  private noKillable(manual: boolean, line: LogLine): void {
    const report = this.open.unfinished(
      line,
      (open) => open.summary === null && open.chosen === null,
    )
    report.noKillable = true
    if (manual) report.manual = true
    this.decisive(report, line)
  }

  private tasks(
    said: Extract<Said, { said: 'tasks-begin' | 'table-header' }>,
    line: LogLine,
  ): void {
    const report = this.open.unfinished(
      line,
      (open) => open.summary === null && open.chosen === null && open.body.rows.length === 0,
    )
    report.hasTasks = true
    touch(report, line)
    if (said.said === 'tasks-begin') {
      report.body.inside = null
      return
    }
    report.body.inside = 'table'
    report.body.columns = said.columns.map(own)
  }
}

/** A kill line that follows its group's earlier lines without a pause. */
function isSoonAfter(report: OpenReport, line: LogLine): boolean {
  const gap = secondsSince(report, line)
  return gap === null || Math.abs(gap) <= 10
}

/** The very same line once more, as in texts pasted twice. */
function isRepeated(report: OpenReport, kill: KilledLine, line: LogLine): boolean {
  if (line.bootSeconds === null && line.at === null) return false
  return (
    report.last.bootSeconds === line.bootSeconds &&
    report.last.at === line.at &&
    report.kills.some((known) => known.line.pid === kill.pid)
  )
}

function touch({ last }: OpenReport, line: LogLine): void {
  last.at = line.at
  last.yearless = line.yearless
  last.bootSeconds = line.bootSeconds
}

function saysMemcg(text: string): boolean | null {
  if (text.startsWith('Memory cgroup out of memory')) return true
  return text.startsWith('Out of memory') ? false : null
}
