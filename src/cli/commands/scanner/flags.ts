import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { DeskFlags } from '../../scanner-desk.ts'
import { parseLookBack } from '../../look-back.ts'
import type { LookBack } from '../../look-back.ts'
import { parseServer } from '../watch/parse.ts'

export interface ScannerFlags extends CommonFlags, DeskFlags {}

/** What every command of the scanner takes. */
export const SCANNER_FLAGS = {
  server: {
    kind: 'parsed',
    parse: parseServer,
    brief: "Ask this 'stella serve' (default: STELLA_SERVER)",
    placeholder: 'URL',
    optional: true,
  },
  tokenFile: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'File with the token of the server (default: STELLA_TOKEN)',
    placeholder: 'FILE',
    optional: true,
  },
  database: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Ask this database, postgres://… (default: STELLA_DATABASE)',
    placeholder: 'URL',
    optional: true,
  },
  data: dataFlag("Data folder; a 'stella serve' that runs on it is asked"),
  ...COMMON_FLAGS,
} as const

/** From when on, as every command calls it; `last` is another word for it, in scripts and runbooks. */
export interface SinceFlags {
  since?: LookBack
  last?: LookBack
}

/** @param brief what is looked at, as in `Only jobs that ended since` */
export function sinceFlags(brief: string) {
  const since = {
    kind: 'parsed',
    parse: parseLookBack,
    brief: `${brief}: 90s, 30m, 1h, 7d, or a time`,
    placeholder: 'DUR',
    optional: true,
  } as const
  return { since, last: { ...since, hidden: true } } as const
}

/** Ends the help of each command. */
export const EXIT_CODES =
  'Exit code: 0 done, 2 wrong call, 3 server or database out of reach, or no such thing, 70 a fault of stella.'
