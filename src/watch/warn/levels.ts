/** When something lives too near its limit: said once on the way up, and once on the way back. */
import { formatBytes } from '../../model/bytes.ts'
import type { Instant } from '../../model/time.ts'
import type { WarningLevel } from '../../model/warning.ts'
import { shareOfLimit } from '../row.ts'
import type { Row, Snapshot } from '../row.ts'

export interface Thresholds {
  /** Shares of the limit; 1 is all of it. */
  warning: number
  critical: number
}

export const USUAL_THRESHOLDS: Thresholds = { warning: 0.8, critical: 0.95 }

/** A change of level of one group, or of the machine. */
export interface LevelChange {
  at: Instant
  /** Percent of the last ten seconds in which something in it waited for memory; null: not known. */
  waiting: number | null
  /** Null: the machine. */
  row: Row | null
  /** Its group; null: the machine. */
  path: string | null
  /** `over`: it is below the warning line again, or gone. */
  level: WarningLevel
  usedBytes: number
  limitBytes: number
  secondsToLimit: number | null
}

export interface Levels {
  /** The changes of a round. */
  observe(snapshot: Snapshot): LevelChange[]
}

/** Percent of the last ten seconds in which something waited for memory: from here on it is felt, and below it is over. */
const PRESSURE_FELT = 40
const PRESSURE_OVER = 20
/** A level is left only this far below its line: a value that sways on it is one warning. */
const HYSTERESIS = 0.05
const MAX_GROUPS = 10_000

type Level = 'calm' | 'warning' | 'critical'

interface Watched {
  at: Instant
  /** Percent of the last ten seconds; null: not known. */
  waiting: number | null
  row: Row | null
  path: string | null
  usedBytes: number
  limitBytes: number
  secondsToLimit: number | null
}

export function createLevels(thresholds: Thresholds = USUAL_THRESHOLDS): Levels {
  let levels = new Map<string | null, Level>()
  return {
    observe(snapshot) {
      const before = levels
      levels = new Map()
      const changes: LevelChange[] = []
      for (const watched of watchedIn(snapshot)) {
        if (levels.size >= MAX_GROUPS) break
        const was = before.get(watched.path) ?? 'calm'
        const is = levelOf(watched, was, thresholds)
        if (is !== 'calm') levels.set(watched.path, is)
        if (is === was) continue
        // From critical to warning is no news: it is still too near.
        if (was === 'critical' && is === 'warning') continue
        changes.push({ ...watched, level: is === 'calm' ? 'over' : is })
      }
      return changes
    },
  }
}

function levelOf(
  { usedBytes, limitBytes, waiting }: Watched,
  before: Level,
  { warning, critical }: Thresholds,
): Level {
  const share = usedBytes / limitBytes
  const stays = (level: Level, line: number): boolean => before === level && share >= line
  if (share >= critical || stays('critical', critical - HYSTERESIS)) return 'critical'
  const isNear = share >= warning - HYSTERESIS && before !== 'calm'
  // What looks far from its limit may be held back by it: page cache that is read again and again.
  const isHeldBack = (waiting ?? 0) >= (before === 'calm' ? PRESSURE_FELT : PRESSURE_OVER)
  return share >= warning || isNear || isHeldBack ? 'warning' : 'calm'
}

/** Whatever has a limit of its own, and the machine. What lives below it shares its fate, and is not told of again. */
function watchedIn({ at, host, rows }: Snapshot): Watched[] {
  const watched: Watched[] = []
  for (const row of rows) {
    const { limit } = row
    const share = shareOfLimit(row)
    if (row.gone || share === null || limit?.scope !== 'own' || limit.limitBytes <= 0) continue
    watched.push({
      at,
      waiting: row.pressure?.someAvg10 ?? null,
      row,
      path: row.path,
      usedBytes: limit.usedBytes ?? 0,
      limitBytes: limit.limitBytes,
      secondsToLimit: secondsOf(row),
    })
  }
  const { totalBytes, availableBytes } = host
  if (totalBytes !== null && availableBytes !== null) {
    watched.push({
      at,
      waiting: host.someAvg10,
      row: null,
      path: null,
      usedBytes: totalBytes - availableBytes,
      limitBytes: totalBytes,
      secondsToLimit: null,
    })
  }
  return watched
}

function secondsOf({ timeLeft }: Row): number | null {
  if (timeLeft.kind === 'now') return 0
  return timeLeft.kind === 'seconds' ? timeLeft.low : null
}

/** One sentence for people. */
export function levelInWords(change: LevelChange): string {
  const { row, level, usedBytes, limitBytes, secondsToLimit } = change
  const name = row?.name ?? 'The machine'
  const share = `${Math.floor((100 * usedBytes) / limitBytes)} %`
  const sizes = `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}, ${share}`
  if (level === 'over') return `${name} is away from its limit again: ${sizes}.`
  const left =
    secondsToLimit === null
      ? ''
      : ` At this rate it may be reached in ${spanInWords(secondsToLimit)}.`
  const biggest = row?.biggest ?? null
  const whom =
    biggest === null
      ? ''
      : ` Its biggest process is ${biggest.name ?? 'one'} (PID ${biggest.pid}) with ${formatBytes(biggest.rssBytes)}.`
  const waits =
    change.waiting === null || change.waiting < PRESSURE_FELT
      ? ''
      : ` It waited for memory in ${Math.round(change.waiting)} % of the last 10 s.`
  const how = level === 'critical' ? 'about to reach' : waits === '' ? 'near' : 'held back by'
  return `${name} is ${how} its limit: ${sizes}.${waits}${left}${whom}`
}

function spanInWords(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3_600)} h`
}
