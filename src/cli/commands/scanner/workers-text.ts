/** What is told of workers, as lines. */
import { formatBytes } from '../../../model/bytes.ts'
import type { RestartReason, WorkerEnding, WorkerView } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import { shortPercent } from '../../render/screen-figures.ts'
import { textTable } from '../../../report/table.ts'
import { bytes } from './jobs-text.ts'

const SHORT_ID = 8

export function workerTable(workers: readonly WorkerView[]): string[] {
  const rows = workers.map((worker) => [
    printable(worker.name),
    printable(worker.pool),
    printable(worker.host),
    worker.state,
    printable(worker.job?.slice(0, SHORT_ID) ?? '-'),
    formatBytes(worker.limitBytes),
    printable(worker.enforcedBy ?? 'nothing'),
    String(worker.restarts),
  ])
  const head = ['Worker', 'Pool', 'Host', 'State', 'Job', 'Limit', 'Kept by', 'Restarts']
  return textTable(head, rows, [5, 7])
}

export function statsTable(workers: readonly WorkerView[], head: boolean): string[] {
  const rows = workers.map((worker) => [
    printable(worker.name),
    printable(worker.host),
    bytes(worker.usageBytes),
    formatBytes(worker.limitBytes),
    shortPercent(shareOf(worker)),
    bytes(worker.peakBytes),
    printable(worker.job?.slice(0, SHORT_ID) ?? '-'),
    String(worker.restarts),
  ])
  const names = ['Worker', 'Host', 'Usage', 'Limit', '%', 'Peak', 'Job', 'Restarts']
  return textTable(head ? names : [], rows, [2, 3, 4, 5, 7])
}

/** Of its limit; null: its usage is not known. */
export function shareOf({ usageBytes, limitBytes }: WorkerView): number | null {
  return usageBytes === null || limitBytes <= 0 ? null : usageBytes / limitBytes
}

export const STATE_WORDS: Readonly<Record<WorkerView['state'], string>> = {
  starting: 'it has just been started',
  idle: 'it waits for a job',
  busy: 'it does a job',
  draining: 'it ends its job and is started again then',
  waiting: 'it crashed too often, and is started again a little later',
}

interface RestartMeaning {
  /** Of the process; null: it can be any. */
  exitCode: number | null
  means: string
}

/** What a restart for this reason says of the process that was there. */
export const RESTART_MEANINGS: Readonly<Record<RestartReason, RestartMeaning>> = {
  oom: { exitCode: 137, means: 'killed at its memory limit, by SIGKILL' },
  crash: { exitCode: null, means: 'it ended by itself, or somebody ended it' },
  timeout: { exitCode: 137, means: 'its job took too long, and it was killed' },
  manual: { exitCode: 137, means: 'somebody asked for it: stella scanner workers restart' },
  config: { exitCode: 137, means: 'the same, and its limit is another now' },
}

export function inspected(worker: WorkerView): string[] {
  const usage = bytes(worker.usageBytes)
  const share = shareOf(worker)
  const facts: readonly (readonly [string, string])[] = [
    ['State', `${worker.state}: ${STATE_WORDS[worker.state]}`],
    ['Job', worker.job === null ? 'none' : `${worker.job}: stella scanner jobs show ${worker.job}`],
    ['Process', worker.pid === null ? 'none' : `${worker.pid} on ${worker.host}`],
    [
      'Memory',
      `${usage} of ${formatBytes(worker.limitBytes)}${share === null ? '' : `, ${shortPercent(share)}`}; ${bytes(worker.peakBytes)} at most`,
    ],
    [
      'Limit',
      worker.enforcedBy === null
        ? 'nothing keeps it: what it has resident is watched'
        : `kept by ${worker.enforcedBy}`,
    ],
    ['Restarts', String(worker.restarts)],
    ['Last end', endText(worker.lastEnd)],
    ['Seen', localTime(worker.seenAt)],
  ]
  return [
    `${printable(worker.name)} of ${printable(worker.pool)}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(8)}  ${printable(value)}`),
  ]
}

const ENDERS: Readonly<Record<WorkerEnding['by'], string>> = {
  kernel: 'by the kernel',
  scanner: 'by the scanner',
  somebody: 'by somebody else',
  itself: 'by itself',
}

function endText(end: WorkerEnding | null): string {
  if (end === null) return 'none since it was set up'
  const code = end.exitCode === null ? '' : `exit_code: ${end.exitCode}, `
  return `${code}${ENDERS[end.by]}, ${localTime(end.at)}: ${end.says}`
}
