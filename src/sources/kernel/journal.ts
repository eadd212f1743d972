import type { Instant } from '../../model/time.ts'
import type { StreamReader } from '../../parsers/format.ts'
import { listFolder } from '../reader.ts'
import type { Reader } from '../reader.ts'

export type JournalRead =
  | { outcome: 'read'; truncated: boolean }
  | { outcome: 'none' }
  | { outcome: 'denied'; says: string }
  | { outcome: 'failed'; says: string }

export interface JournalOptions {
  since: Instant | null
  /** `kernel`: the kernel's lines. `killers`: those of the programs that kill in user space. */
  what: 'kernel' | 'killers'
  signal: AbortSignal
  maxBytes: number
}

/** Programs that kill on memory pressure before the kernel does; the names under which they write to the journal. */
export const KILLERS = ['systemd-oomd', 'oomd', 'earlyoom', 'nohang', 'low-memory-moni'] as const

const FIELDS = [
  'MESSAGE',
  'PRIORITY',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_FACILITY',
  '_TRANSPORT',
  '_COMM',
  '_HOSTNAME',
  '_SYSTEMD_UNIT',
  '_SOURCE_MONOTONIC_TIMESTAMP',
  '_SOURCE_REALTIME_TIMESTAMP',
] as const

/** Feeds the journal's records, as JSON lines, to the reader; asks nothing where no journal is kept. */
export async function readJournal(
  reader: Reader,
  into: StreamReader,
  options: JournalOptions,
): Promise<JournalRead> {
  if (!hasJournal(reader)) return { outcome: 'none' }
  const result = await reader.run(journalArguments(reader, options), {
    signal: options.signal,
    maxBytes: options.maxBytes,
    onChunk: (chunk) => into.push(chunk),
  })
  if (result.outcome === 'missing') return { outcome: 'none' }
  if (result.outcome === 'aborted') {
    return { outcome: 'failed', says: 'journalctl did not answer in time' }
  }
  if (/insufficient permissions|not seeing messages/.test(result.stderr)) {
    return {
      outcome: 'denied',
      says: 'the journal is readable for root and the groups systemd-journal and adm',
    }
  }
  if (/No journal files were found/.test(result.stderr)) return { outcome: 'none' }
  // journalctl ends with 1 where nothing matches; what it printed counts.
  const failed = result.outcome === 'failed' || (result.exitCode ?? 0) > 1
  if (failed && !result.truncated) {
    return { outcome: 'failed', says: `journalctl failed: ${firstLine(result.stderr)}` }
  }
  return { outcome: 'read', truncated: result.truncated }
}

export function hasJournal(reader: Reader): boolean {
  return ['/var/log/journal', '/run/log/journal'].some((folder) => {
    const listed = listFolder(reader, folder)
    return listed.ok ? listed.folders.length > 0 : listed.problem.kind === 'denied'
  })
}

function journalArguments(reader: Reader, options: JournalOptions): string[] {
  const since = options.since === null ? [] : [`--since=@${Math.floor(options.since / 1000)}`]
  const matches =
    options.what === 'kernel'
      ? ['_TRANSPORT=kernel']
      : KILLERS.flatMap((name) => [`SYSLOG_IDENTIFIER=${name}`, `_COMM=${name}`])
          .flatMap((match) => ['+', match])
          .slice(1)
  return [
    'journalctl',
    '--no-pager',
    '--quiet',
    '--output=json',
    `--output-fields=${FIELDS.join(',')}`,
    ...(reader.root === '/' ? [] : [`--root=${reader.root}`]),
    ...since,
    ...matches,
  ]
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
