import { writeAnswer } from '../../../server/answer.ts'
import { StatusAnswer } from '../../../server/scanner-contract.ts'
import type { ScannerStatus } from '../../../scanning/desk.ts'
import { JOB_STATES } from '../../../model/scan-job.ts'
import type { Instant } from '../../../model/time.ts'
import { formatBytes } from '../../../model/bytes.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'
import { withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from './flags.ts'
import { print } from './print.ts'

/** `stella scanner status`. */
export async function showStatus(this: CliContext, flags: ScannerFlags): Promise<void> {
  const status = await withDesk(this.io, flags, (desk) => desk.status())
  const paint = paintFor(this.io, flags.noColor ?? false)
  const { total, busy, idle } = status.workers
  const counts = JOB_STATES.map((state) => `${status.jobs[state] ?? 0} ${state}`)
  const heading = status.state === 'ready' ? paint.good : paint.bad
  print(this.io, flags, {
    document: writeAnswer(StatusAnswer, status),
    lines: [
      heading(status.state),
      ...status.notes.map((note) => `  ${printable(note)}`),
      '',
      `Workers  ${total} in all, ${busy} busy, ${idle} idle`,
      `Jobs     ${counts.join(', ')}`,
      `Kept     ${keptText(status.kept)}`,
    ],
    quiet: [status.state],
  })
}

function keptText({
  jobs,
  oldestJob,
  documents,
  documentBytes,
  oldestLine,
}: ScannerStatus['kept']): string {
  const since = (at: Instant | null): string => (at === null ? '' : ` since ${localTime(at)}`)
  return [
    `${jobs} jobs that ended${since(oldestJob)}`,
    `${documents} SBOMs with ${formatBytes(documentBytes)}`,
    `the log${since(oldestLine)}`,
  ].join(', ')
}

/** A line of jobs is shorter than the first, and a problem beyond the second. */
const EXPECTED_BELOW = 50
const PROBLEM_ABOVE = 100

/** `stella scanner queue status`. */
export async function showQueue(this: CliContext, flags: ScannerFlags): Promise<void> {
  const { queues } = await withDesk(this.io, flags, (desk) => desk.status())
  const depth = queues.reduce((sum, queue) => sum + queue.depth, 0)
  const judged = queues.map((queue) => ({ ...queue, state: judgement(queue) }))
  const rows = judged.map((queue) => [
    printable(queue.pool),
    String(queue.depth),
    String(queue.workers),
    queue.state,
    queue.waitsFor === null ? '' : printable(queue.waitsFor),
  ])
  const worst = judged.find(({ state }) => state === 'problem') ?? judged.find(isHigh)
  print(this.io, flags, {
    document: {
      /** What `stella scanner queue status --json` prints: how many jobs wait. */
      schema: 'stella.scanner-queue/1',
      depth,
      state: worst?.state ?? 'ok',
      expectedBelow: EXPECTED_BELOW,
      problemAbove: PROBLEM_ABOVE,
      queues: judged,
    },
    lines: [
      `${depth} ${depth === 1 ? 'job waits' : 'jobs wait'}; below ${EXPECTED_BELOW} in a pool is expected, above ${PROBLEM_ABOVE} is a problem.`,
      '',
      ...textTable(['Pool', 'Waiting', 'Workers', 'State', 'Why'], rows, [1, 2]),
    ],
    quiet: [String(depth)],
  })
}

function judgement({ depth }: ScannerStatus['queues'][number]): 'ok' | 'high' | 'problem' {
  if (depth < EXPECTED_BELOW) return 'ok'
  return depth > PROBLEM_ABOVE ? 'problem' : 'high'
}

function isHigh({ state }: { state: string }): boolean {
  return state === 'high'
}
