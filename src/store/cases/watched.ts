/** When nobody watched, told from what a watch wrote down. */
import type { Instant } from '../../model/time.ts'
import type { WatchEntry } from './entry.ts'

/** A time in which something may have died unseen. */
export interface WatchGap {
  from: Instant
  /** Null: until now. */
  to: Instant | null
  says: string
}

/** A journal of years is read in as much memory as one of a day. */
const MOST = 1_000

/** Nobody watched in it at all, unlike one in which a watch was blind to something. */
export function nobodyWatched({ says }: WatchGap): boolean {
  return [NOT_RUNNING, STOPPED, DIED].includes(says)
}

export interface WatchLedger {
  /** Each entry of a watch, in the order in which they were written; other entries show that it lived. */
  note(entry: WatchEntry | { kind: 'case' | 'warning'; at: Instant }): void
  /**
   * The newest gaps, oldest first; null: there never was a watch.
   *
   * @param isRunning whether one is there now
   */
  gaps(isRunning: boolean): WatchGap[] | null
}

const NOT_RUNNING = 'stella watch was not running'
const STOPPED = 'stella watch is not running'
const DIED = 'stella watch ended without a word at some time in it'

export function watchLedger(): WatchLedger {
  const gaps: WatchGap[] = []
  const blind = new Map<string, { from: Instant; says: string }>()
  /** Null: not started yet. */
  let isAlive: boolean | null = null
  let last: Instant = 0

  function add(gap: WatchGap): void {
    if (gap.to !== null && gap.to <= gap.from) return
    gaps.push(gap)
    if (gaps.length > MOST) gaps.shift()
  }

  function seesAgain(source: string, to: Instant): void {
    const since = blind.get(source)
    if (since !== undefined) add({ ...since, to })
    blind.delete(source)
  }

  function end(at: Instant): void {
    for (const source of [...blind.keys()]) seesAgain(source, at)
  }

  function note(entry: WatchEntry | { kind: 'case' | 'warning'; at: Instant }): void {
    if (entry.kind === 'watch') watchNoted(entry)
    last = entry.at
  }

  function watchNoted({ what, source, at, says }: WatchEntry): void {
    switch (what) {
      case 'started':
        end(last)
        if (isAlive !== null) add({ from: last, to: at, says: isAlive ? DIED : NOT_RUNNING })
        isAlive = true
        break
      case 'stopped':
        end(at)
        isAlive = false
        break
      case 'blind':
        if (!blind.has(source ?? '')) blind.set(source ?? '', { from: at, says })
        break
      case 'sees':
        if (source === null) end(at)
        else seesAgain(source, at)
        break
    }
  }

  return {
    note,
    gaps(isRunning) {
      if (isAlive === null) return isRunning ? [] : null
      const open = [...blind.values()].map((since): WatchGap => ({ ...since, to: null }))
      const ended: WatchGap[] = isRunning
        ? []
        : [{ from: last, to: null, says: isAlive ? DIED : STOPPED }]
      return [...gaps, ...open, ...ended]
    },
  }
}
