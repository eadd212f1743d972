import { isKmsg } from './kmsg.ts'
import { readLine } from './prefix.ts'
import { isExport, isJson } from './reader.ts'

const NAMES =
  /(?:^|\/)(?:dmesg|kern(?:el)?(?:\.log)?|kmsg|messages|syslog|journal)(?:[-._][^/]*)?$/i
/** What only a kernel writes. */
const KERNEL_WORDS =
  /invoked oom-killer|oom-kill:constraint=|out of memory: Kill|Out of memory: [Kk]ill|Killed process \d+(?:,| \()|Memory cgroup stats|Linux version \d|Kernel panic - not syncing|oom_reaper: reaped|Out of memory and no killable|Tasks state \(memory|earlyoom\[\d+\]|systemd-oomd\[\d+\]: |nohang\[\d+\]|oomd kill: |runtime\.OOMController/
const JSON_MESSAGE = /"(?:msg|MESSAGE)"\s*:/
const JSON_KERNEL = /"pri"\s*:|"_TRANSPORT"\s*:|"__REALTIME_TIMESTAMP"\s*:|"__CURSOR"\s*:/
const JSON_SHIPPED = /"(?:MESSAGE|@?message|textPayload|_raw|line)"\s*:/
const JSON_PROGRAM = /"(?:stream|level|pid|logger)"\s*:/

/**
 * A kernel log by its content: kernel words anywhere, or lines that bear a kernel log's stamps; an empty or unmarked text
 * by its file name.
 */
export function isKernelLog(head: string, path: string): boolean {
  const text = head.replace(/^\uFEFF/, '').replaceAll('\0', '')
  if (isJson(text)) return isJsonLog(text)
  if (isExport(text) || isKmsg(text)) return true
  if (/^\s*[{[<]\s*["!?a-zA-Z]/.test(text) && !/^\s*\[[A-Za-z]/.test(text)) {
    return KERNEL_WORDS.test(text) && !text.trimStart().startsWith('{')
  }
  if (KERNEL_WORDS.test(text)) return true
  if (isSystemLog(text)) return true
  const share = stampedShare(text)
  if (share >= 0.5) return true
  return NAMES.test(path) && (share > 0 || text.trim() === '')
}

/** What Docker's log driver writes is a program's, whatever words stand in it. */
function isJsonLog(text: string): boolean {
  if (JSON_MESSAGE.test(text) && JSON_KERNEL.test(text)) return true
  return JSON_SHIPPED.test(text) && KERNEL_WORDS.test(text) && !JSON_PROGRAM.test(text)
}

/** syslog and `journalctl`: a time, the host, and the program that speaks. */
const TAGGED =
  /^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) \S+ ([\w./@-]+)(?:\[\d+\])?: /
const SPEAKERS_OF_A_SYSTEM = 3

/**
 * The log of a whole machine, /var/log/messages and the like: the kernel is one of many that speak in it, often long after
 * its head. The log of one unit has fewer speakers, and is that program's.
 */
function isSystemLog(text: string): boolean {
  const lines = text.split('\n', 200).filter((line) => line.trim() !== '')
  const speakers = lines.flatMap((line) => TAGGED.exec(line)?.[1] ?? [])
  return speakers.length >= lines.length / 2 && new Set(speakers).size >= SPEAKERS_OF_A_SYSTEM
}

/** The share of lines with the stamp of a kernel log: time since boot, dmesg's own clocks, or a `kernel:` tag. */
function stampedShare(text: string): number {
  const lines = text.split('\n', 60).filter((line) => line.trim() !== '')
  if (lines.length === 0) return 0
  const stamped = lines.filter((raw) => {
    const line = readLine(raw, 1, null)
    if (line.bootSeconds !== null) return true
    if (line.transport === 'kmsg') return true
    return line.transport !== null && /(?:^|\s)kernel: /.test(raw)
  })
  return stamped.length / lines.length
}
