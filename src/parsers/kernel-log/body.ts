import { KIB, limitOrNull } from '../../model/bytes.ts'
import type { CounterLine } from '../../model/memory.ts'
import { own } from './line.ts'
import { readRow, type TaskRow } from './table.ts'

/** Everything between the header of a report and its kill line that is not an event of its own. */
export interface Body {
  triggerPid: number | null
  kernelVersion: string | null
  cpuset: string | null
  memory: CounterLine | null
  memorySwap: CounterLine | null
  swap: CounterLine | null
  kmem: CounterLine | null
  /** The group whose statistics stand in `stat`. */
  statMemcg: string | null
  stat: Map<string, number>
  hasMemInfo: boolean
  /** Sum over the zones. */
  freeBytes: number | null
  totalSwapBytes: number | null
  freeSwapBytes: number | null
  ramPages: number | null
  reservedPages: number | null
  /** Told by the buddy lists, whose smallest block is one page, or by x86 registers. */
  pageSizeBytes: number | null
  columns: readonly string[] | null
  rows: TaskRow[]
  /** Which kind of line may come next without a name of its own. */
  inside: 'stat' | 'table' | null
}

/** Rows kept of one table: more than any kernel prints in a page of its ring buffer. */
const MAX_ROWS = 20_000
const MAX_STAT_KEYS = 400

export function emptyBody(): Body {
  return {
    triggerPid: null,
    kernelVersion: null,
    cpuset: null,
    memory: null,
    memorySwap: null,
    swap: null,
    kmem: null,
    statMemcg: null,
    stat: new Map(),
    hasMemInfo: false,
    freeBytes: null,
    totalSwapBytes: null,
    freeSwapBytes: null,
    ramPages: null,
    reservedPages: null,
    pageSizeBytes: null,
    columns: null,
    rows: [],
    inside: null,
  }
}

const ROW = 0x5b
const COUNTER =
  /^(memory|memory\+swap|swap|kmem): usage (\d{1,12})kB, limit (\d{1,20})kB, failcnt (\d{1,15})(?=\D|$)/
const STAT_KEY = /^[a-z][a-z0-9_()]*$/
const STATS_OF = /^Memory cgroup stats(?: for ([^]*?))?:(?: ([a-z_]+:\d+KB[^]*))?$/
const STAT_FIELD = /([a-z_]{1,64}):(\d{1,12})KB(?= |$)/g
/** Pages that programs can have; null where they are not told, or less than nothing as in a damaged log. */
export function usablePages({ ramPages, reservedPages }: Body): number | null {
  const pages = ramPages === null ? null : ramPages - (reservedPages ?? 0)
  return pages === null || pages < 0 ? null : pages
}

const PAGES = /^(\d{1,12}) pages (RAM|reserved|in swap cache)\s*$/
const SWAP_TOTAL = /^(Free|Total) swap += (\d{1,12})kB/
const ZONE = /^(?:Node \d+ )?(?:DMA|DMA32|Normal|HighMem|Movable|Device) free:(\d{1,12})kB /
const BUDDY = /^(?:Node \d+ )?(?:DMA|DMA32|Normal|HighMem|Movable): \d+\*(\d{1,9})kB /
const CPU =
  /^(?:CPU: \d+ )?(?:UID: \d+ )?PID: (\d{1,10}) Comm: ([^]{0,80}?) +(?:Kdump: loaded )?(?:Tainted: |Not tainted)([^]*)$/
const PID_COMM = /^Pid: (\d{1,10}), comm: ([^]{0,80}?) +(?:Tainted: |Not tainted)([^]*)$/
const VERSION = /(?:^| )(\d+\.\d+[^\s,]*)/
const CPUSET = /^[^]{1,16} cpuset=([^]*?) mems_allowed=/
const X86_REGISTERS = /^(?:RIP: [0-9a-f]{4}:|EIP: |RAX: |EAX: )/
const X86_PAGE_BYTES = 4 * KIB

/** Reads one line into the body. False: the line is not part of a report. */
export function readBody(body: Body, text: string, triggerName: string | null): boolean {
  const first = text.charCodeAt(0)
  if (first === ROW) return readTableRow(body, text)
  if (body.inside === 'stat' && readStatLine(body, text, 0)) return true
  if (first >= 0x30 && first <= 0x39) return readPages(body, text)
  switch (first) {
    case 0x6d: // m
    case 0x73: // s
    case 0x6b: // k
      return readCounter(body, text) || readCpuset(body, text)
    case 0x4d: // M
      return readStats(body, text) || readMemInfo(body, text) || readZone(body, text)
    case 0x46: // F
    case 0x54: // T
      return readSwapTotal(body, text)
    case 0x43: // C
    case 0x50: // P
    case 0x55: // U
      return readCpu(body, text, triggerName)
    case 0x4e: // N
    case 0x44: // D
    case 0x48: // H
      return readZone(body, text)
    case 0x52: // R
    case 0x45: // E
      return readRegisters(body, text)
    default:
      return readCpuset(body, text)
  }
}

function readTableRow(body: Body, text: string): boolean {
  if (body.columns === null || body.rows.length >= MAX_ROWS) return false
  const row = readRow(text, body.columns)
  if (row === null) return false
  body.rows.push(row)
  return true
}

/** Reads "file_mapped 4096", which begins at `start` of the line. */
export function readStatLine(body: Body, line: string, start: number): boolean {
  const blank = line.indexOf(' ', start)
  const value = blank <= start ? -1 : digitsFrom(line, blank + 1)
  if (value < 0 || body.stat.size >= MAX_STAT_KEYS) return false
  const key = statKey(line.slice(start, blank))
  if (key === null) return false
  body.stat.set(key, value)
  return true
}

/** The number that the rest of the line consists of, blanks at its end apart; -1 where there is anything else. */
function digitsFrom(text: string, start: number): number {
  let value = -1
  for (let p = start; p < text.length; p++) {
    const digit = text.charCodeAt(p) - 0x30
    if (digit < 0 || digit > 9) {
      return Number.isSafeInteger(value) && text.slice(p).trim() === '' ? value : -1
    }
    value = value < 0 ? digit : value * 10 + digit
  }
  return Number.isSafeInteger(value) ? value : -1
}

function readStats(body: Body, text: string): boolean {
  const match = STATS_OF.exec(text.trimEnd())
  if (match === null) return false
  const [, memcg, line] = match
  body.inside = null
  // The first group is the one at its limit; old kernels print its descendants after it.
  if (body.stat.size > 0) return true
  body.statMemcg = memcg === undefined || memcg === '' ? null : own(memcg)
  if (line === undefined) {
    body.inside = 'stat'
    return true
  }
  for (const [, key = '', value] of line.matchAll(STAT_FIELD)) {
    const known = statKey(key)
    if (known !== null && body.stat.size < MAX_STAT_KEYS) body.stat.set(known, Number(value) * KIB)
  }
  return true
}

const statKeys = new Map<string, string>()

/** One string per key for all reports; null for what is no key. */
function statKey(key: string): string | null {
  const known = statKeys.get(key)
  if (known !== undefined) return known
  if (!STAT_KEY.test(key)) return null
  const kept = own(key)
  if (statKeys.size < 1000) statKeys.set(kept, kept)
  return kept
}

function readCounter(body: Body, text: string): boolean {
  const match = COUNTER.exec(text)
  if (match === null) return false
  const [, which, usage, limit, failcnt] = match
  const line: CounterLine = {
    usageBytes: Number(usage) * KIB,
    limitBytes: limitOf(Number(limit) * KIB),
    failcnt: Number(failcnt),
  }
  if (which === 'memory') body.memory ??= line
  if (which === 'memory+swap') body.memorySwap ??= line
  if (which === 'swap') body.swap ??= line
  if (which === 'kmem') body.kmem ??= line
  return true
}

/** What is beyond exact numbers is beyond all machines. */
function limitOf(bytes: number): number | null {
  return Number.isSafeInteger(bytes) ? limitOrNull(bytes) : null
}

function readMemInfo(body: Body, text: string): boolean {
  if (!text.startsWith('Mem-Info:')) return false
  body.hasMemInfo = true
  body.inside = null
  return true
}

function readSwapTotal(body: Body, text: string): boolean {
  const match = SWAP_TOTAL.exec(text)
  if (match === null) return false
  const bytes = Number(match[2]) * KIB
  if (match[1] === 'Free') body.freeSwapBytes ??= bytes
  else body.totalSwapBytes ??= bytes
  return true
}

function readPages(body: Body, text: string): boolean {
  const match = PAGES.exec(text)
  if (match === null) return false
  if (match[2] === 'RAM') body.ramPages ??= Number(match[1])
  if (match[2] === 'reserved') body.reservedPages ??= Number(match[1])
  return true
}

function readZone(body: Body, text: string): boolean {
  const zone = ZONE.exec(text)
  if (zone !== null) {
    body.freeBytes = (body.freeBytes ?? 0) + Number(zone[1]) * KIB
    return true
  }
  const buddy = BUDDY.exec(text)
  if (buddy === null) return false
  body.pageSizeBytes ??= Number(buddy[1]) * KIB
  return true
}

/** The trigger's own line: between the header and the stack, unless another CPU printed there. */
function readCpu(body: Body, text: string, triggerName: string | null): boolean {
  const match = CPU.exec(text) ?? PID_COMM.exec(text)
  if (match === null) return false
  const [, pid, name, rest = ''] = match
  if (triggerName !== null && name !== triggerName) return false
  body.triggerPid ??= Number(pid)
  const version = VERSION.exec(rest)?.[1]
  if (version !== undefined) body.kernelVersion ??= own(version)
  return true
}

function readCpuset(body: Body, text: string): boolean {
  if (body.cpuset !== null || !text.includes(' mems_allowed=')) return false
  const match = CPUSET.exec(text)
  if (match === null) return false
  body.cpuset = own(match[1] ?? '')
  return true
}

function readRegisters(body: Body, text: string): boolean {
  if (body.pageSizeBytes !== null || !X86_REGISTERS.test(text)) return false
  body.pageSizeBytes = X86_PAGE_BYTES
  return true
}
