import { readBody, readStatLine } from './body.ts'
import {
  openIncident,
  secondsSince,
  unmeasured,
  type Incident,
  type KillOfReport,
} from './incident.ts'
import { own, type LogLine } from './line.ts'
import { Others } from './others.ts'
import type { KilledLine, Said } from './wording.ts'

/** Reports kept of one log; what comes after is dropped, and the coverage says so. */
export const MAX_INCIDENTS = 20_000
/** Rows and statistics of reports after these are left out, not the reports. */
const MAX_ROWS_IN_ALL = 300_000
const MAX_KILLS_OF_GROUP = 20_000
/** Kills remembered for oom_reaper lines. */
const MAX_REMEMBERED = 4_000
/** Lines of one report without an event before it is given up. */
const MAX_QUIET_LINES = 25_000
/** No kernel takes longer from the header to the kill line, slow serial consoles included. */
const MAX_GAP_SECONDS = 120

/** Reports that may still get a line: a kill, or word of the oom_reaper. Older ones are settled. */
const MAX_UNSETTLED = 128

/** Puts the lines of a log together to incidents. */
export class Incidents {
  readonly others = new Others()
  private readonly settle: (incident: Incident) => void
  private readonly unsettled: Incident[] = []
  private count = 0
  truncated = false
  private current: Incident | null = null
  private readonly byCaller = new Map<string, Incident>()
  private readonly killed = new Map<number, KillOfReport>()
  private rows = 0
  private quietLines = 0

  /** `settle` gets every incident once, in the order of their first lines. */
  constructor(settle: (incident: Incident) => void) {
    this.settle = settle
  }

  /** Settles what is left at the end of the log. */
  finish(): void {
    for (const incident of this.unsettled.splice(0)) this.settle(incident)
  }

  /** True while lines without a wording of their own may belong to a report. */
  get expecting(): boolean {
    return this.current !== null && this.current.kills.length === 0
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
    const incident = this.lookUp(line)
    if (incident === null || incident.kills.length > 0) return
    if (++this.quietLines > MAX_QUIET_LINES) this.current = null
    if (this.rows > MAX_ROWS_IN_ALL && line.text.startsWith('[')) {
      this.truncated = true
      return
    }
    const before = incident.body.rows.length
    const read = readBody(incident.body, line.text, incident.trigger?.name ?? null)
    this.rows += incident.body.rows.length - before
    if (read) touch(incident, line)
  }

  /**
   * Reads a line of statistics, or passes over a line of registers, without taking it apart first. False: the line must be
   * heard or overheard.
   */
  skim(raw: string, wordsAt: number): boolean {
    const { current } = this
    if (current === null || this.byCaller.size > 0) return false
    const first = raw.charCodeAt(wordsAt)
    if (first === 0x52) return current.body.pageSizeBytes !== null && isRegisters(raw, wordsAt)
    if (first === 0x43 || first === 0x3c) return isFrameOfTrace(raw, wordsAt)
    if (first < 0x61 || first > 0x7a || current.body.inside !== 'stat') return false
    return readStatLine(current.body, raw, wordsAt)
  }

  private lookUp(line: LogLine): Incident | null {
    const own = line.caller === null ? undefined : this.byCaller.get(line.caller)
    return own ?? this.current
  }

  private open(line: LogLine): Incident {
    const incident = openIncident(line)
    if (this.count >= MAX_INCIDENTS) {
      this.truncated = true
    } else {
      this.count++
      this.unsettled.push(incident)
      if (this.unsettled.length > MAX_UNSETTLED) {
        for (const old of this.unsettled.splice(0, MAX_UNSETTLED / 2)) this.settle(old)
      }
    }
    this.current = incident
    if (line.caller !== null) {
      if (this.byCaller.size >= 8) this.byCaller.clear()
      this.byCaller.set(line.caller, incident)
    }
    return incident
  }

  /** The open report this line may add to, or a new one whose earlier lines are missing. */
  private unfinished(line: LogLine, fits: (incident: Incident) => boolean): Incident {
    const incident = this.lookUp(line)
    if (incident === null || incident.kills.length > 0 || incident.noKillable)
      return this.open(line)
    const gap = secondsSince(incident, line)
    if (gap !== null && Math.abs(gap) > MAX_GAP_SECONDS) return this.open(line)
    return fits(incident) ? incident : this.open(line)
  }

  private decisive(incident: Incident, line: LogLine): void {
    touch(incident, line)
    if (incident.excerpt.length < 6) incident.excerpt.push(own(line.raw.slice(0, 1000)))
  }

  private invoked(said: Extract<Said, { said: 'invoked' }>, line: LogLine): void {
    const incident = this.open(line)
    incident.hasHeader = true
    incident.manual = said.order === -1
    incident.trigger = {
      pid: null,
      name: said.name === null ? null : own(said.name),
      gfpMask: said.gfpMask === null ? null : own(said.gfpMask),
      order: said.order,
      oomScoreAdj: said.oomScoreAdj,
    }
    this.decisive(incident, line)
  }

  private summary(summary: NonNullable<Incident['summary']>, line: LogLine): void {
    const incident = this.unfinished(line, (open) => open.summary === null && open.chosen === null)
    incident.body.inside = null
    incident.summary = {
      ...summary,
      oomMemcg: ownOrNull(summary.oomMemcg),
      taskMemcg: ownOrNull(summary.taskMemcg),
      cpuset: ownOrNull(summary.cpuset),
      task: ownOrNull(summary.task),
      constraint: ownOrNull(summary.constraint),
    }
    this.decisive(incident, line)
  }

  private taskIn(said: Extract<Said, { said: 'task-in' }>, line: LogLine): void {
    const incident = this.unfinished(line, (open) => open.taskIn === null && open.chosen === null)
    incident.taskIn = { taskMemcg: ownOrNull(said.taskMemcg), oomMemcg: ownOrNull(said.oomMemcg) }
    this.decisive(incident, line)
  }

  private chosen(said: Extract<Said, { said: 'chosen' }>, line: LogLine): void {
    const incident = this.unfinished(
      line,
      (open) => open.chosen === null && (open.summary?.pid ?? said.pid) === said.pid,
    )
    incident.chosen = { pid: said.pid, name: own(said.name), score: said.score }
    incident.memcgWords = saysMemcg(line.text)
    this.decisive(incident, line)
  }

  private kill(kill: KilledLine, line: LogLine): void {
    const before = this.lookUp(line)
    if (before !== null && before.groupKill !== null && isSoonAfter(before, line)) {
      this.addKill(before, kill, line)
      return
    }
    if (before !== null && isRepeated(before, kill, line)) return
    const incident = this.unfinished(
      line,
      (open) => open.chosen !== null || (open.summary?.pid ?? kill.pid) === kill.pid,
    )
    this.addKill(incident, kill, line)
  }

  /** The line breaks off before the name, and perhaps inside the number: only a name told elsewhere confirms it. */
  private killUnnamed(pid: number, line: LogLine): void {
    const incident = this.lookUp(line)
    if (incident === null || incident.kills.length > 0) return
    const { summary, chosen, body } = incident
    const name =
      (summary?.pid === pid ? summary.task : null) ??
      (chosen?.pid === pid ? chosen.name : null) ??
      body.rows.find((row) => row.pid === pid)?.name
    if (name !== undefined) this.addKill(incident, unmeasured(pid, name), line)
  }

  private addKill(incident: Incident, kill: KilledLine, line: LogLine): void {
    // The first victim of a group is logged twice.
    if (incident.kills.some((known) => known.line.pid === kill.pid)) {
      touch(incident, line)
      return
    }
    if (incident.kills.length >= MAX_KILLS_OF_GROUP) {
      this.truncated = true
      return
    }
    incident.memcgWords ??= kill.memcg
    const kept = { line: { ...kill, name: own(kill.name) }, told: true, reaped: false }
    incident.kills.push(kept)
    this.remember(kill.pid, kept)
    this.decisive(incident, line)
  }

  private killedWith(said: Extract<Said, { said: 'killed-with' }>, line: LogLine): void {
    const incident = this.lookUp(line)
    if (incident === null || incident.kills.length === 0 || !isSoonAfter(incident, line)) {
      const opened = this.open(line)
      this.addKill(opened, unmeasured(said.pid, said.name), line)
      return
    }
    this.addKill(incident, unmeasured(said.pid, said.name), line)
  }

  private group(memcg: string, line: LogLine): void {
    const incident = this.lookUp(line)
    if (incident === null || !isSoonAfter(incident, line)) {
      this.nameGroup(this.open(line), memcg, line)
      return
    }
    if (incident.groupKill === null) {
      this.nameGroup(incident, memcg, line)
      return
    }
    const isPastedTwice =
      incident.groupKill === memcg && incident.groupBootSeconds === line.bootSeconds
    if (isPastedTwice && line.bootSeconds !== null) return
    // The next group: its first victim then stands at the end of this one.
    const first = incident.kills.length > 1 ? incident.kills.pop() : undefined
    const opened = this.open(line)
    opened.memcgWords = incident.memcgWords
    if (first !== undefined) opened.kills.push(first)
    this.nameGroup(opened, memcg, line)
  }

  private nameGroup(incident: Incident, memcg: string, line: LogLine): void {
    incident.groupKill = own(memcg)
    incident.groupBootSeconds = line.bootSeconds
    this.decisive(incident, line)
  }

  private reaped(said: Extract<Said, { said: 'reaped' }>, line: LogLine): void {
    const known = this.killed.get(said.pid)
    if (known !== undefined && known.line.name === said.name) {
      known.reaped = true
      return
    }
    // The kill line is lost; a chosen task without one may have had its child killed instead.
    const incident = this.unfinished(
      line,
      (open) => open.chosen !== null || open.summary?.pid === said.pid,
    )
    const kept = { line: unmeasured(said.pid, said.name), told: false, reaped: true }
    incident.kills.push(kept)
    this.remember(said.pid, kept)
    this.decisive(incident, line)
  }

  private remember(pid: number, kill: KillOfReport): void {
    if (this.killed.size >= MAX_REMEMBERED) this.killed.clear()
    this.killed.set(pid, kill)
  }

  private noKillable(manual: boolean, line: LogLine): void {
    const incident = this.unfinished(line, (open) => open.summary === null && open.chosen === null)
    incident.noKillable = true
    if (manual) incident.manual = true
    this.decisive(incident, line)
  }

  private tasks(
    said: Extract<Said, { said: 'tasks-begin' | 'table-header' }>,
    line: LogLine,
  ): void {
    const incident = this.unfinished(
      line,
      (open) => open.summary === null && open.chosen === null && open.body.rows.length === 0,
    )
    incident.hasTasks = true
    touch(incident, line)
    if (said.said === 'tasks-begin') {
      incident.body.inside = null
      return
    }
    incident.body.inside = 'table'
    incident.body.columns = said.columns.map(own)
  }
}

/** A kill line that follows its group's earlier lines without a pause. */
function isSoonAfter(incident: Incident, line: LogLine): boolean {
  const gap = secondsSince(incident, line)
  return gap === null || Math.abs(gap) <= 10
}

/** The very same line once more, as in texts pasted twice. */
function isRepeated(incident: Incident, kill: KilledLine, line: LogLine): boolean {
  if (line.bootSeconds === null && line.at === null) return false
  return (
    incident.last.bootSeconds === line.bootSeconds &&
    incident.last.at === line.at &&
    incident.kills.some((known) => known.line.pid === kill.pid)
  )
}

/** What stands around a call trace. */
function isFrameOfTrace(raw: string, start: number): boolean {
  return (
    raw.startsWith('Code: ', start) ||
    raw.startsWith('Call Trace:', start) ||
    raw.startsWith('<TASK>', start) ||
    raw.startsWith('</TASK>', start)
  )
}

/** "RSP: 0018:ffff…", "R10: 0000000000000000 R11: …". */
function isRegisters(raw: string, start: number): boolean {
  return (
    raw.charCodeAt(start + 3) === 0x3a &&
    /^R[A-Z0-9]{2}: [0-9a-f]{4}/.test(raw.slice(start, start + 10))
  )
}

function touch({ last }: Incident, line: LogLine): void {
  last.at = line.at
  last.yearless = line.yearless
  last.bootSeconds = line.bootSeconds
}

function saysMemcg(text: string): boolean | null {
  if (text.startsWith('Memory cgroup out of memory')) return true
  return text.startsWith('Out of memory') ? false : null
}

function ownOrNull(text: string | null): string | null {
  return text === null ? null : own(text)
}
