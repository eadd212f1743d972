import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { until } from './testbed.ts'

export interface WatchedVictim {
  pid: number
  name: string
}

/** What a test reads of an entry that `stella watch --json` printed. */
export interface PrintedEntry {
  schema: string
  kind: 'case' | 'warning' | 'watch'
  at: string
  incident?: string
  revision?: number
  what?: string
  source?: string | null
  says?: string
  case?: {
    id: string
    at: string | null
    subject: { platform: string; name: string | null; id: string | null }
    verdict: { code: string; summary: string; mainProcessDied: boolean | null }
    victims: WatchedVictim[]
    evidence: { says: string; excerpt: string; from: string }[]
    timeline: { what: string }[]
    causes: { code: string }[]
  }
  warning?: { level: string; says: string; path: string | null; usedBytes: number; bill: unknown }
}

export interface Watching {
  readonly pid: number
  readonly entries: readonly PrintedEntry[]
  readonly err: string
  /** Waits for an entry. */
  sees(what: string, is: (entry: PrintedEntry) => boolean, ms?: number): Promise<PrintedEntry>
  /** SIGINT; gives the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** A program that runs what follows where there is no kernel log. */
export const WITHOUT_KERNEL_LOG = [
  ...['unshare', '--mount', 'sh', '-c'],
  ...['mount --bind /dev/null /dev/kmsg && exec "$@"', 'sh'],
]

/** Runs `stella watch --json` as a program of its own, until it has begun. */
export async function startWatching(
  data: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  wrapped: readonly string[] = [],
): Promise<Watching> {
  const [program = '', ...words] = [
    ...wrapped,
    process.execPath,
    ...[LAUNCHER, 'watch', '--json', '--data', data, ...args],
  ]
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const ended = once(child, 'close')
  const entries: PrintedEntry[] = []
  let rest = ''
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) entries.push(JSON.parse(line))
  })
  const watching: Watching = {
    pid: child.pid ?? 0,
    entries,
    get err() {
      return err
    },
    async sees(what, is, ms = 20_000) {
      const isOver = (): boolean =>
        entries.some(is) || child.exitCode !== null || child.signalCode !== null
      await until(what, isOver, ms).catch(() => undefined)
      const found = entries.find(is)
      if (found !== undefined) return found
      const told = entries
        .slice(-20)
        .map((entry) => entry.says ?? entry.case?.verdict.summary ?? entry.kind)
      throw new Error(`the watch told nothing of ${what}, but: ${told.join(' | ')} ${err}`)
    },
    async stop() {
      child.kill('SIGINT')
      await ended
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  // A guest without hardware of its own takes its time.
  await watching.sees('the beginning of the watch', ({ what }) => what === 'started', 120_000)
  return watching
}

/** The PIDs of all victims of the cases that are recorded. */
export function victimsIn(entries: readonly PrintedEntry[]): Set<number> {
  return new Set(entries.flatMap((entry) => (entry.case?.victims ?? []).map(({ pid }) => pid)))
}
