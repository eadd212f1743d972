import { TIERS } from '../tiers.ts'
import type { Tier } from '../tiers.ts'

/** One look, as it stands in the file. Sizes are bytes. */
export interface BlackBoxRecord {
  /** Counts from 1: the highest one is the last. */
  n: number
  /** Milliseconds since 1970. */
  at: number
  pid: number
  host: string
  service: string
  group: string | null
  tier: Tier
  /** The charge of its group, page cache too. */
  usage: number | null
  /** What of it cannot be reclaimed. */
  unreclaimable: number
  limit: number
  /** Of V8, when the event loop was last seen to turn. */
  heap: number
  heapLimit: number
  inFlight: number
  reserved: number
  /** For how long the event loop has been overdue, in milliseconds. */
  stalled: number
  /** This is its last record, and why: one of `END_REASONS`; null: it lived, or something ended it. */
  end: string | null
}

/** Every line has the same length, so that one can be written without touching another. */
export const LINE_BYTES = 640
const MOST = { host: 63, service: 40, group: 120, end: 20 } as const

/** A line of {@link LINE_BYTES}, whatever stands in the record. */
export function lineOf(record: BlackBoxRecord): Buffer {
  const text = JSON.stringify({
    stella: 'guard/1',
    ...record,
    host: clipped(record.host, MOST.host),
    service: clipped(record.service, MOST.service),
    group: record.group === null ? null : plain(record.group).slice(-MOST.group),
    end: record.end === null ? null : clipped(record.end, MOST.end),
  })
  return Buffer.from(`${text.padEnd(LINE_BYTES - 1)}\n`, 'latin1')
}

/** The tier of a number that threads share. */
export function tierAt(rank: number): Tier {
  return TIERS[rank] ?? 'observe'
}

function clipped(text: string, most: number): string {
  return plain(text).slice(0, most)
}

/** One byte for each character, and none that JSON would write as several. */
function plain(text: string): string {
  return text.replaceAll(/[^ !#-[\]-~]/g, '?')
}
