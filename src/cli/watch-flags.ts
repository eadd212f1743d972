import { parseShare } from './commands/watch/parse.ts'
import { parseInterval } from './commands/top/interval.ts'

/** What everything that watches is asked: how often, and from which share of a limit on it speaks. */
export interface WatchingFlags {
  /** Milliseconds. */
  interval: number
  /** Shares of the limit. */
  warn: number
  critical: number
}

export const WATCHING_FLAGS = {
  interval: {
    kind: 'parsed',
    parse: parseInterval,
    brief: 'Time between two rounds over all groups: 1s up to 1h',
    placeholder: 'DUR',
    default: '1s',
  },
  warn: {
    kind: 'parsed',
    parse: parseShare,
    brief: 'Share of a limit from which on it warns, in percent',
    placeholder: 'PERCENT',
    default: '80',
  },
  critical: {
    kind: 'parsed',
    parse: parseShare,
    brief: 'Share of a limit from which on it is critical, in percent',
    placeholder: 'PERCENT',
    default: '95',
  },
} as const
