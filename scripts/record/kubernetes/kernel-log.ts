import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'

/** The records of /dev/kmsg that the kernel still holds, oldest first. */
export function kernelLog(): string[] {
  const file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK)
  const buffer = Buffer.alloc(16_384)
  const records: string[] = []
  try {
    for (;;) records.push(buffer.toString('utf8', 0, readSync(file, buffer)))
  } catch {
    // EAGAIN: nothing more to read.
    return records
  } finally {
    closeSync(file)
  }
}

/** The records in what was read from /dev/kmsg in one go: further lines of a record begin with a space. */
export function recordsOf(text: string): string[] {
  return text.split(/\n(?! |$)/).map((record) => `${record.trimEnd()}\n`)
}

/** The reports that speak of one of these, each from its first line to the one after its victim. */
export function reportsOf(records: readonly string[], words: readonly string[]): string {
  const reports: string[][] = []
  for (const record of records) {
    if (record.includes(' invoked oom-killer: ')) reports.push([])
    reports.at(-1)?.push(record)
  }
  return reports
    .filter((report) => words.some((word) => report.some((record) => record.includes(word))))
    .map((report) => report.slice(0, 1 + report.findLastIndex((record) => ENDS.test(record))))
    .flat()
    .join('')
}

const ENDS = /Killed process|oom_reaper: |memory\.oom\.group/

/** The kernel's version, and when it began: its log counts from then. */
export function hostNotes(): string {
  const [boot = ''] = /^btime \d+$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? []
  return `${readFileSync('/proc/version', 'utf8')}${boot}\n`
}
