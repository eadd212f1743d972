import type { Instant } from '../../model/time.ts'

/** One line of a kernel log, with everything that carried it taken off. */
export interface LogLine {
  /** The kernel's own words; may hold a newline where a process name does. */
  text: string
  /** The line as it stands in the file. */
  raw: string
  /** Counted from 1. */
  number: number
  at: Instant | null
  /** The wall-clock time in the year 1972, where the line carries one without a year. */
  yearless: Instant | null
  bootSeconds: number | null
  /** Who printed it, `T123` or `C1` (CONFIG_PRINTK_CALLER). */
  caller: string | null
  /** False on continuation lines, which stand under a line with a stamp. */
  stamped: boolean
  /** What wrote the file, as far as this line tells. */
  transport: Transport | null
  /** It bears the kernel's own mark: a tag, a time since boot, or the form of the kernel's buffer. */
  fromKernel: boolean
}

export type Transport = 'kmsg' | 'journal' | 'syslog'

/** TASK_COMM_LEN without its end; each byte may stand as `\xNN`. */
export const LONGEST_NAME = 15 * 4

/** A copy that does not keep the chunk alive it was cut from. */
export function own(text: string): string {
  return text.length < 13 ? text : [text.slice(0, 1), text.slice(1)].join('')
}

export function ownOrNull(text: string | null): string | null {
  return text === null ? null : own(text)
}
