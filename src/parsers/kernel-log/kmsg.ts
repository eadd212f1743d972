import type { LogLine } from './line.ts'

const RECORD = /^(\d{1,6}),(\d+),(\d+),([^;]*);([^]*)$/

/** A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg). */
export interface KmsgRecord extends LogLine {
  sequence: number
}

/** Whether a text consists of such records. */
export function isKmsg(head: string): boolean {
  const lines = head.split('\n', 20).filter((line) => !line.startsWith(' '))
  return lines.length > 0 && RECORD.test(lines[0] ?? '') && /^\d{1,6},\d+,\d+,[-c]/.test(head)
}

/** Null for continuation lines (` KEY=value`) and anything else. */
export function readKmsg(raw: string, number: number): KmsgRecord | null {
  const match = RECORD.exec(raw)
  if (match === null) return null
  const [, , sequence, microseconds, flags = '', text = ''] = match
  return {
    text: unescape(text),
    raw,
    number,
    at: null,
    yearless: null,
    bootSeconds: Number(microseconds) / 1e6,
    caller: /(?:^|,)caller=([TC]\d+)/.exec(flags)?.[1] ?? null,
    stamped: true,
    transport: 'kmsg',
    fromKernel: true,
    sequence: Number(sequence),
  }
}

const ESCAPES = /(?:\\x[0-9a-f]{2})+/g

/** Unprintable bytes and those of UTF-8 stand as `\xNN`; a run of them is decoded together. */
function unescape(text: string): string {
  if (!text.includes('\\x')) return text
  return text.replace(ESCAPES, (run) => {
    const bytes = run
      .split('\\x')
      .slice(1)
      .map((hex) => Number.parseInt(hex, 16))
    return new TextDecoder().decode(Uint8Array.from(bytes))
  })
}
