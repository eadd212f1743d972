import type { Job } from '../../model/scan-job.ts'
import type { Problem, ScannerCheck } from '../check.ts'
import { judged, problemIf, statusAt } from '../judge.ts'
import {
  abandoned,
  attemptsLately,
  endedLately,
  openAttempt,
  overdue,
  waitsSince,
} from '../scanner/jobs.ts'
import { firstWorkerMend, restartMend } from '../scanner/mend.ts'
import type { ScannerView } from '../scanner/view.ts'
import { counted } from '../../model/counted.ts'
import { percent, shortId } from '../words.ts'

/** Jobs that wait, in all pools. */
const DEPTH = { warn: 100, fail: 500 }
/** Part of the jobs that ended within the last hour. */
const FAILURES = { warn: 0.05, fail: 0.15 }
const MINUTE_MS = 60_000
/** A job that waits for so long while nothing of its pool begins is stuck. */
const STUCK_MS = 5 * MINUTE_MS
/** What came and what went is compared in each of the last two of these. */
const WINDOW_MS = 5 * MINUTE_MS
/** A shorter line may grow for a moment. */
const SHORT_LINE = 10

export const scannerQueue: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.queue',
  title: 'The line of jobs is short, moves, and few jobs fail',
  severity: 'high',
  runbook: 'runbooks/scanner-queue.md',
  warns:
    '100 jobs wait; 5 % of the jobs that ended within the last hour failed; or the line has grown for ten minutes',
  fails:
    '500 jobs wait; 15 % failed; or a job is stuck: it waits for 5 minutes in a pool where nothing begins, or runs longer than it may, or on a worker that is gone',
  judge(view) {
    const depth = view.queues.reduce((sum, queue) => sum + queue.depth, 0)
    const stuck = stuckJobs(view)
    const ended = endedLately(view)
    const failed = ended.filter(failedHere)
    const failureRate = ended.length === 0 ? null : failed.length / ended.length
    const rate = endedLately(view, 10 * MINUTE_MS).length / 10
    const backlogGrowing = depth >= SHORT_LINE && [0, 1].every((back) => grewIn(view, back))
    const evidence = {
      depth,
      ratePerMinute: rate,
      stuckJobs: stuck.length,
      endedJobs: ended.length,
      failedJobs: failed.length,
      failureRate,
      oldestJobAgeMinutes: oldestMinutes(view),
      backlogGrowing,
      stuck: stuck.map(({ id, image, pool, state }) => ({ job: id, image, pool, state })),
      isPartial: view.isCut,
    }
    const says = `${counted(depth, 'job waits', 'jobs wait')}, ${rate} a minute end, and ${failed.length} of ${counted(ended.length, 'job', 'jobs')} failed within the last hour`
    return judged(says, evidence, [
      stuckOf(stuck, view),
      problemIf(
        statusAt(depth, DEPTH),
        `${depth} jobs wait`,
        'stella scanner queue status says in which pool; give it more: stella scanner workers add --pool NAME --count 1',
      ),
      problemIf(
        statusAt(failureRate ?? 0, FAILURES),
        `${failed.length} of ${counted(ended.length, 'job that', 'jobs that')} ended within the last hour failed (${percent(failureRate ?? 0)})`,
        'stella scanner jobs list --status failed,timeout --last 1h',
      ),
      problemIf(
        backlogGrowing && 'warn',
        `more jobs have come than ended for ten minutes, and ${depth} wait`,
        'stella scanner workers stats, and then stella scanner workers add --pool NAME --count 1',
      ),
    ])
  },
}

/** What is wrong with an image itself is no fault of the scanner: check.scanner.sbom-generation tells it. */
function failedHere({ state, attempts }: Job): boolean {
  return state !== 'done' && attempts.at(-1)?.outcome !== 'refused'
}

function stuckJobs(view: ScannerView): readonly Job[] {
  return [...new Set([...abandoned(view), ...overdue(view), ...waitingInVain(view)])]
}

function waitingInVain(view: ScannerView): readonly Job[] {
  const { jobs, at } = view
  const running = jobs.filter((job) => openAttempt(job) !== null).map(({ pool }) => pool)
  const begun = attemptsLately(view)
    .filter(({ attempt }) => attempt.startedAt > at - STUCK_MS)
    .map(({ attempt }) => attempt.pool)
  const moving = new Set([...running, ...begun])
  return jobs.filter((job) => {
    const since = waitsSince(job)
    return since !== null && at - since > STUCK_MS && !moving.has(job.pool)
  })
}

function stuckOf(stuck: readonly Job[], view: ScannerView): Problem | null {
  const [first] = stuck
  if (first === undefined) return null
  const hasWorker = view.workers.some(({ pool }) => pool === first.pool)
  const which = first.state === 'running' ? 'runs longer than it may' : 'waits, and nothing begins'
  return problemIf(
    'fail',
    `${counted(stuck.length, 'job is', 'jobs are')} stuck: ${shortId(first.id)} in ${first.pool} ${which}`,
    hasWorker
      ? `stella scanner workers restart --pool ${first.pool}`
      : `no worker of ${first.pool} runs: start stella serve, or stella scanner workers add --pool ${first.pool}`,
    hasWorker ? restartMend(view, first.pool) : firstWorkerMend(view, first.pool),
  )
}

/** Null: none waits, or nobody knows since when. */
function oldestMinutes({ jobs, at }: ScannerView): number | null {
  const since = jobs.flatMap((job) => waitsSince(job) ?? [])
  return since.length === 0 ? null : Math.round((at - Math.min(...since)) / MINUTE_MS)
}

/** @param back windows before the last one */
function grewIn({ jobs, at }: ScannerView, back: number): boolean {
  const until = at - back * WINDOW_MS
  const isIn = (time: number | null): boolean =>
    time !== null && time > until - WINDOW_MS && time <= until
  const came = jobs.filter(({ createdAt }) => isIn(createdAt)).length
  const went = jobs.filter(({ endedAt }) => isIn(endedAt)).length
  return came > went
}
