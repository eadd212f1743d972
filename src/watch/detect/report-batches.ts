/** Cuts the endless kernel log into pieces that hold whole reports. */
import type { KmsgText } from '../../sources/kernel/follow-kmsg.ts'

export interface ReportBatches {
  /** Takes what came, and gives what is whole by now; null: nothing is. `nowMs` never goes back. */
  take(records: readonly KmsgText[], nowMs: number): readonly KmsgText[] | null
}

/** Words with which a report, or something that belongs to one, begins. */
const OPENS =
  /invoked oom-killer|oom-kill:|ill process|Killed process|are going to be killed|no killable processes|OOM request ignored|oom_reaper|callbacks suppressed|Kernel panic/
const BEGINS = /invoked oom-killer/
/** Nothing that matters comes after these. */
const DECIDES = /Killed process|no killable processes|OOM request ignored|Kernel panic/

/** While records keep coming, a decided report is held back no longer than this. */
const MAX_HELD_MS = 60
/** A report whose end never comes is given as it is. */
const MAX_OPEN_MS = 5_000
/** The largest task table that was seen has some ten thousand rows. */
const MAX_RECORDS = 60_000

/**
 * Reports of several CPUs may stand in one piece, and one report never in two: a piece ends where the log is quiet, or before
 * a report that is not decided yet.
 */
export function createReportBatches(): ReportBatches {
  let held: KmsgText[] = []
  let openedAt = 0
  let decidedAt: number | null = null

  function keep(record: KmsgText, nowMs: number): void {
    if (held.length === 0) {
      if (!OPENS.test(record.text)) return
      openedAt = nowMs
    }
    held.push(record)
    if (DECIDES.test(record.text)) decidedAt ??= nowMs
  }

  function cutAt(end: number, nowMs: number): readonly KmsgText[] {
    const whole = held.slice(0, end)
    const rest = held.slice(end)
    held = []
    decidedAt = null
    for (const record of rest) keep(record, nowMs)
    return whole
  }

  return {
    take(records, nowMs) {
      for (const record of records) keep(record, nowMs)
      if (held.length === 0) return null
      const isQuiet = records.length === 0
      if (decidedAt !== null && isQuiet) return cutAt(held.length, nowMs)
      if (decidedAt !== null && nowMs - decidedAt >= MAX_HELD_MS)
        return cutAt(endOfDecided(held), nowMs)
      if (nowMs - openedAt >= MAX_OPEN_MS || held.length >= MAX_RECORDS)
        return cutAt(held.length, nowMs)
      return null
    },
  }
}

/** The place of the last report that begins after the last decision; all, where there is none. */
function endOfDecided(records: readonly KmsgText[]): number {
  const decided = records.findLastIndex(({ text }) => DECIDES.test(text))
  const next = records.findIndex(({ text }, at) => at > decided && BEGINS.test(text))
  return next === -1 ? records.length : next
}
