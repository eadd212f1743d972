import type {
  HostMemoryAtOom,
  OomConstraint,
  OomKill,
  OomReport,
  OomTrigger,
} from '../../model/kernel.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import type { Instant } from '../../model/time.ts'
import { emptyBody, usablePages, type Body } from './body.ts'
import { own, type LogLine } from './line.ts'
import { fillBadness } from './score.ts'
import { processOf, valueOf, type TaskRow } from './table.ts'
import type { KilledLine, Summary } from './wording.ts'

type Times = Pick<LogLine, 'at' | 'yearless' | 'bootSeconds'>

/** A report while its lines are still coming in. */
export interface OpenReport {
  first: LogLine
  /** Times of the last line that belonged to it. */
  last: Times
  trigger: OomTrigger | null
  hasHeader: boolean
  hasTasks: boolean
  summary: Summary | null
  taskIn: { taskMemcg: string | null; oomMemcg: string | null } | null
  chosen: { pid: number; name: string; score: number } | null
  kills: KillOfReport[]
  memcgWords: boolean | null
  groupKill: string | null
  /** When the line about the group was printed. */
  groupBootSeconds: number | null
  noKillable: boolean
  manual: boolean
  body: Body
  /** The raw lines that decide: header, summary, kills. */
  excerpt: string[]
}

export interface KillOfReport {
  line: KilledLine
  /** A "Killed process" line tells of it; false where only another line names the victim. */
  told: boolean
  reaped: boolean
}

export function openReport(line: LogLine): OpenReport {
  return {
    first: { ...line, text: '', raw: '' },
    last: timesOf(line),
    trigger: null,
    hasHeader: false,
    hasTasks: false,
    summary: null,
    taskIn: null,
    chosen: null,
    kills: [],
    memcgWords: null,
    groupKill: null,
    groupBootSeconds: null,
    noKillable: false,
    manual: false,
    body: emptyBody(),
    excerpt: [],
  }
}

/** Only the times: a line would keep the text alive that it was cut from. */
export function timesOf({ at, yearless, bootSeconds }: LogLine): Times {
  return { at, yearless, bootSeconds }
}

/** Seconds from its last line to this one; null where they carry no common clock. */
export function secondsSince(open: OpenReport, line: LogLine): number | null {
  const { last } = open
  if (last.bootSeconds !== null && line.bootSeconds !== null)
    return line.bootSeconds - last.bootSeconds
  return millisecondsSince(last.at, line.at) ?? millisecondsSince(last.yearless, line.yearless)
}

function millisecondsSince(from: Instant | null, to: Instant | null): number | null {
  return from === null || to === null ? null : (to - from) / 1000
}

/** The finished report. */
export function reportOf(open: OpenReport): OomReport {
  const { body, summary } = open
  const pageSizeBytes = pageSizeOf(open)
  const processes = body.rows.map((row) => processOf(row, pageSizeBytes))
  const report: OomReport = {
    kind: 'kernel-oom',
    trigger: triggerOf(open),
    constraint: constraintOf(open),
    constraintWord: summary?.constraint ?? null,
    globalOom: summary?.globalOom ?? false,
    oomMemcg: oomMemcgOf(open),
    taskMemcg: taskMemcgOf(open),
    cpuset: summary?.cpuset ?? body.cpuset,
    memory: body.memory,
    memorySwap: body.memorySwap,
    swap: body.swap,
    kmem: body.kmem,
    stat: body.stat,
    host: hostOf(body, pageSizeBytes),
    processes,
    pageSizeBytes,
    kills: killsOf(open, processes),
    groupKill: open.groupKill,
    noKillable: open.noKillable,
    manual: open.manual,
    kernelVersion: body.kernelVersion,
    missing: missingOf(open),
    bootSeconds: open.first.bootSeconds,
    ...yearlessOf(open.first),
  }
  return fillBadness(report, body)
}

function yearlessOf(first: LogLine): { yearless?: number } {
  return first.at === null && first.yearless !== null ? { yearless: first.yearless } : {}
}

function triggerOf({ trigger, body }: OpenReport): OomTrigger | null {
  if (trigger === null) return null
  return { ...trigger, pid: trigger.pid ?? body.triggerPid }
}

const CONSTRAINTS: ReadonlyMap<string, OomConstraint> = new Map([
  ['CONSTRAINT_NONE', 'none'],
  ['CONSTRAINT_MEMCG', 'memcg'],
  ['CONSTRAINT_CPUSET', 'cpuset'],
  ['CONSTRAINT_MEMORY_POLICY', 'memory-policy'],
])

/**
 * Kernels 5.0 to 5.2 print CONSTRAINT_NONE for memory groups too; up to 4.20 there is no such word at all. Then the group
 * named in the report, or the words before the kill, decide.
 */
function constraintOf({ summary, taskIn, memcgWords, body }: OpenReport): OomConstraint | null {
  const word = summary?.constraint ?? null
  const known = word === null ? undefined : CONSTRAINTS.get(word)
  if (known !== undefined && known !== 'none') return known
  if (word?.startsWith('CONSTRAINT_BPF') === true) return 'bpf'
  if (word !== null && known === undefined) return null
  if ((summary?.oomMemcg ?? null) !== null || taskIn !== null || memcgWords === true) return 'memcg'
  if (known === 'none' || memcgWords === false) return 'none'
  return body.statMemcg === null ? null : 'memcg'
}

/** Where nobody could be killed there is no summary line: the statistics are those of the group at its limit. */
function taskMemcgOf({ summary, taskIn }: OpenReport): string | null {
  if (summary !== null && isCutOff(summary)) return null
  return summary?.taskMemcg ?? taskIn?.taskMemcg ?? null
}

function oomMemcgOf({ summary, taskIn, body }: OpenReport): string | null {
  const told = summary?.oomMemcg ?? ''
  if (summary !== null && isCutOff(summary) && body.statMemcg?.startsWith(told) === true) {
    return body.statMemcg
  }
  return summary?.oomMemcg ?? taskIn?.oomMemcg ?? (summary === null ? body.statMemcg : null)
}

/** "oom-kill:" ends with the victim; a line cut before it may also be cut within a path. */
function isCutOff(summary: { task: string | null; pid: number | null }): boolean {
  return summary.task === null && summary.pid === null
}

function hostOf(body: Body, pageSizeBytes: number | null): HostMemoryAtOom | null {
  const pages = usablePages(body)
  const host: HostMemoryAtOom = {
    totalRamBytes: pages === null || pageSizeBytes === null ? null : pages * pageSizeBytes,
    freeBytes: body.freeBytes,
    totalSwapBytes: body.totalSwapBytes,
    freeSwapBytes: body.freeSwapBytes,
  }
  return Object.values(host).every((value) => value === null) ? null : host
}

/** Table rows are in pages and the kill line in kB: their quotient is the page size. */
function pageSizeOf({ kills, body }: OpenReport): number | null {
  for (const { line } of kills) {
    const row = rowOf(body.rows, line.pid)
    const pages = row === undefined ? 0 : (valueOf(row, 'total_vm') ?? 0)
    if (line.totalVmBytes === null || pages === 0) continue
    const size = line.totalVmBytes / pages
    if (Number.isInteger(size) && size >= 4096 && Number.isInteger(Math.log2(size))) return size
  }
  return body.pageSizeBytes
}

function rowOf(rows: readonly TaskRow[], pid: number): TaskRow | undefined {
  return rows.find((row) => row.pid === pid)
}

function killsOf(open: OpenReport, processes: readonly ProcessMemory[]): OomKill[] {
  const { chosen, summary } = open
  const byPid = new Map(processes.map((process) => [process.pid, process]))
  return victimsOf(open).map(({ line, reaped }) => {
    const row = byPid.get(line.pid)
    return {
      pid: line.pid,
      name: line.name,
      rssBytes: residentBytes(line) ?? row?.rssBytes ?? null,
      anonRssBytes: line.anonRssBytes ?? row?.anonRssBytes ?? null,
      fileRssBytes: line.fileRssBytes ?? row?.fileRssBytes ?? null,
      shmemRssBytes: line.shmemRssBytes ?? row?.shmemRssBytes ?? null,
      totalVmBytes: line.totalVmBytes ?? row?.totalVmBytes ?? null,
      pageTableBytes: line.pageTableBytes ?? row?.pageTableBytes ?? null,
      swapBytes: row?.swapBytes ?? null,
      oomScoreAdj: line.oomScoreAdj ?? row?.oomScoreAdj ?? null,
      badness: null,
      uid: line.uid ?? (summary?.pid === line.pid ? summary.uid : null) ?? row?.uid ?? null,
      score: chosen?.score ?? null,
      sacrificedFor:
        chosen === null || chosen.pid === line.pid ? null : { pid: chosen.pid, name: chosen.name },
      reaped,
    }
  })
}

/** Where the kill line is missing, the line that chose the victim stands for it. */
function victimsOf({ kills, chosen, summary, noKillable }: OpenReport): readonly KillOfReport[] {
  if (kills.length > 0 || noKillable) return kills
  if (chosen !== null)
    return [{ line: unmeasured(chosen.pid, chosen.name), told: false, reaped: false }]
  if (summary === null || summary.pid === null || summary.task === null) return []
  return [{ line: unmeasured(summary.pid, summary.task), told: false, reaped: false }]
}

/** A kill of which only the process is known. */
export function unmeasured(pid: number, name: string): KilledLine {
  return {
    pid,
    name: own(name),
    totalVmBytes: null,
    anonRssBytes: null,
    fileRssBytes: null,
    shmemRssBytes: null,
    uid: null,
    pageTableBytes: null,
    oomScoreAdj: null,
    memcg: null,
  }
}

/** Before 4.5, shared memory was counted under file-rss. */
function residentBytes(line: KilledLine): number | null {
  if (line.anonRssBytes === null || line.fileRssBytes === null) return null
  return line.anonRssBytes + line.fileRssBytes + (line.shmemRssBytes ?? 0)
}

function missingOf(open: OpenReport): OomReport['missing'] {
  const missing: ('header' | 'summary' | 'kill' | 'tasks')[] = []
  if (!open.hasHeader) missing.push('header')
  const saysWho = open.summary !== null || open.taskIn !== null || open.chosen !== null
  if (!saysWho && !open.noKillable) missing.push('summary')
  if (!open.kills.some(({ told }) => told) && !open.noKillable) missing.push('kill')
  if (open.body.rows.length === 0) missing.push('tasks')
  return missing
}
