import { KIB } from '../../model/bytes.ts'
import type { ProcessState } from '../../model/facts.ts'
import { linesOf } from '../lines.ts'
import { withoutEnd } from '../../model/without-end.ts'

/**
 * The state of one process from the texts of its /proc files, by file name. Files that are not there leave null.
 *
 * @see proc(5), Documentation/filesystems/proc.rst
 */
export function processState(files: ReadonlyMap<string, string>, pid: number): ProcessState {
  const status = colonFields(files.get('status'))
  const rollup = colonFields(files.get('smaps_rollup'))
  const stat = statFields(files.get('stat'))
  return {
    kind: 'process-state',
    pid,
    nsPids: wholeNumbers(status.get('NSpid')),
    parentPid: wholeNumbers(status.get('PPid'))[0] ?? stat?.parentPid ?? null,
    name: firstLine(files.get('comm')) ?? stat?.name ?? status.get('Name') ?? null,
    state: status.get('State')?.slice(0, 1) ?? stat?.state ?? null,
    executable: firstLine(files.get('exe'))?.replace(/ \(deleted\)$/, '') ?? null,
    command: command(files.get('cmdline')),
    cgroupPaths: cgroupPaths(files.get('cgroup')),
    rssBytes: kilobytes(status, 'VmRSS') ?? kilobytes(rollup, 'Rss'),
    anonRssBytes: kilobytes(status, 'RssAnon'),
    fileRssBytes: kilobytes(status, 'RssFile'),
    shmemRssBytes: kilobytes(status, 'RssShmem'),
    swapBytes: kilobytes(status, 'VmSwap') ?? kilobytes(rollup, 'Swap'),
    totalVmBytes: kilobytes(status, 'VmSize'),
    peakRssBytes: kilobytes(status, 'VmHWM'),
    pageTableBytes: kilobytes(status, 'VmPTE'),
    pssBytes: kilobytes(rollup, 'Pss'),
    pssAnonBytes: kilobytes(rollup, 'Pss_Anon'),
    pssFileBytes: kilobytes(rollup, 'Pss_File'),
    pssShmemBytes: kilobytes(rollup, 'Pss_Shmem'),
    ussBytes: sum(kilobytes(rollup, 'Private_Clean'), kilobytes(rollup, 'Private_Dirty')),
    anonHugeBytes: kilobytes(rollup, 'AnonHugePages'),
    hugetlbBytes: sum(kilobytes(rollup, 'Private_Hugetlb'), kilobytes(rollup, 'Shared_Hugetlb')),
    threads: wholeNumbers(status.get('Threads'))[0] ?? null,
    oomScore: integer(files.get('oom_score')),
    oomScoreAdj: integer(files.get('oom_score_adj')),
    uid: wholeNumbers(status.get('Uid'))[0] ?? null,
    stack: stack(files.get('stack'), files.get('wchan')),
    startTicks: stat?.startTicks ?? null,
  }
}

/** `Name:\tvalue` lines, as status and smaps_rollup have them. */
function colonFields(text: string | undefined): Map<string, string> {
  const fields = new Map<string, string>()
  for (const { text: line } of linesOf((text ?? '').slice(0, 64 * KIB))) {
    const match = /^([A-Za-z_]{1,40}):(.*)/.exec(line)
    // A process can write a line end into its own name; the kernel escapes it, and the first of two lines counts.
    if (match?.[1] !== undefined && !fields.has(match[1]))
      fields.set(match[1], match[2]?.trimStart() ?? '')
  }
  return fields
}

function kilobytes(fields: ReadonlyMap<string, string>, name: string): number | null {
  const match = /^(\d{1,15}) kB$/.exec(fields.get(name) ?? '')
  return match === null ? null : Number(match[1]) * KIB
}

/** Null where either is not known. */
function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}

function wholeNumbers(text: string | undefined): number[] {
  const words = text?.trim().split(/\s+/) ?? []
  return words.every((word) => /^\d{1,15}$/.test(word)) ? words.map(Number) : []
}

function integer(text: string | undefined): number | null {
  const word = text?.trim() ?? ''
  return /^-?\d{1,15}$/.test(word) ? Number(word) : null
}

/** The name in parentheses may itself hold parentheses and blanks: the last one closes it. */
function statFields(
  text: string | undefined,
): { name: string; state: string; parentPid: number; startTicks: number | null } | null {
  const match = /^\d+ \((.*)\) ([A-Za-z]) (\d{1,15}) (.*)$/s.exec(text?.trimEnd() ?? '')
  if (match === null) return null
  const rest = (match[4] ?? '').split(' ')
  // Field 22 of stat; `rest` begins with field 5.
  return {
    name: match[1] ?? '',
    state: match[2] ?? '',
    parentPid: Number(match[3]),
    startTicks: integer(rest[17]),
  }
}

function firstLine(text: string | undefined): string | null {
  const line = text?.replace(/\n$/, '') ?? ''
  return line === '' ? null : line
}

/** Arguments end with NUL. A process may overwrite them with a title that has none: then it is one argument. */
function command(text: string | undefined): string[] {
  if (text === undefined || text === '') return []
  return withoutEnd(text, '\0').split('\0')
}

/** The memory controller's path first, then that of the unified hierarchy, then the others; each once. */
function cgroupPaths(text: string | undefined): string[] {
  const rank = (controllers: string): number =>
    controllers.split(',').includes('memory') ? 0 : controllers === '' ? 1 : 2
  const entries: { rank: number; path: string }[] = []
  for (const { text: line } of linesOf(text ?? '')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line)
    if (match?.[2] !== undefined) entries.push({ rank: rank(match[1] ?? ''), path: match[2] })
  }
  return [...new Set(entries.toSorted((a, b) => a.rank - b.rank).map((entry) => entry.path))]
}

function stack(text: string | undefined, wchan: string | undefined): string[] {
  const frames: string[] = []
  for (const { text: line } of linesOf(text ?? '')) {
    const match = /^\[<[0-9a-f]*>\] (\S+)/.exec(line)
    if (match?.[1] !== undefined) frames.push(match[1])
  }
  const sleepsIn = wchan?.trim() ?? ''
  // wchan is "0" for a task that runs, or where the reader may not know.
  return frames.length === 0 && /^[a-z_]\w*$/i.test(sleepsIn) ? [sleepsIn] : frames
}
