import { formatBytes } from '../../model/bytes.ts'
import type { Pool, WorkerView } from '../../model/scan-job.ts'
import { workerMemoryLimit } from '../../scanning/settings/index.ts'
import type { Mend, Problem, ScannerCheck } from '../check.ts'
import { judged, problemIf, statusAt } from '../judge.ts'
import { attemptsLately, endedLately, hadLess, wasDoneLater } from '../scanner/jobs.ts'
import type { JobAttempt } from '../scanner/jobs.ts'
import { scannerMend } from '../scanner/mend.ts'
import type { ScannerView } from '../scanner/view.ts'
import { counted } from '../../model/counted.ts'
import { percent, settingBytes, shortId } from '../words.ts'

/** Parts of a worker's limit. */
const USAGE = { warn: 0.8, fail: 0.95 }

export const scannerMemoryUsage: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.memory-usage',
  aliases: ['check.scanner.resources'],
  title: 'Workers stay below their memory limit',
  severity: 'high',
  runbook: 'runbooks/scanner-oom.md',
  warns:
    'A worker uses 80 % of its limit, or a scan ran out of memory within the last hour under the limit that holds now',
  fails:
    'A worker uses 95 % of its limit, or an image could not be scanned within the last hour, because memory ran out',
  judge(view) {
    const { workers } = view
    const measured = workers.flatMap((worker) => {
      const share = shareOf(worker)
      return share === null ? [] : [{ worker, share }]
    })
    const highest = Math.max(0, ...measured.map(({ share }) => share))
    const near = measured.toSorted((one, other) => other.share - one.share)
    const ooms = attemptsLately(view).filter(({ attempt }) => attempt.outcome === 'oom')
    return judged(saysOf(workers.length, measured.length, highest), evidenceOf(view, ooms), [
      ...near.map(({ worker, share }) => nearLimit(worker, share)),
      ...unscanned(view),
      oomsOf(ooms.filter((each) => !hadLess(each, view))),
    ])
  },
}

function shareOf({ usageBytes, limitBytes }: WorkerView): number | null {
  return usageBytes === null || limitBytes <= 0 ? null : usageBytes / limitBytes
}

function saysOf(workers: number, measured: number, highest: number): string {
  if (workers === 0) return 'no worker runs, and memory did not run out within the last hour'
  if (measured === 0) return 'how much memory workers use is not known'
  return `${counted(measured, 'worker uses', 'workers use')} ${percent(highest)} of the limit at most`
}

function evidenceOf({ workers, isCut }: ScannerView, ooms: readonly JobAttempt[]) {
  return {
    workers: workers.map((worker) => ({
      name: worker.name,
      host: worker.host,
      pool: worker.pool,
      usageBytes: worker.usageBytes,
      limitBytes: worker.limitBytes,
      peakBytes: worker.peakBytes,
      share: shareOf(worker),
    })),
    outOfMemory: ooms.map(({ job, attempt }) => ({
      job: job.id,
      image: job.image,
      pool: attempt.pool,
      worker: attempt.worker,
      limitBytes: attempt.limitBytes,
      peakBytes: attempt.peakBytes,
      case: attempt.caseId,
    })),
    isPartial: isCut,
  }
}

function nearLimit(worker: WorkerView, share: number): Problem | null {
  const usage = `${formatBytes(worker.usageBytes ?? 0)} of ${formatBytes(worker.limitBytes)}`
  return problemIf(
    statusAt(share, USAGE),
    `${worker.name} uses ${percent(share)} of its limit (${usage})`,
    worker.job === null
      ? 'stella scanner workers stats --watch'
      : `see what it scans: stella scanner jobs show ${shortId(worker.job)}`,
  )
}

/** Images that could not be scanned for lack of memory, and were not since. */
function unscanned(view: ScannerView): readonly Problem[] {
  return endedLately(view).flatMap((job): Problem[] => {
    const attempt = job.attempts.at(-1)
    if (job.state !== 'failed' || attempt?.outcome !== 'oom' || wasDoneLater(job, view)) return []
    const limit = attempt.limitBytes
    const at = limit === null ? '' : ` at ${formatBytes(limit)}`
    const says = `${job.image} could not be scanned: out of memory${at}`
    const again = `stella scanner jobs retry ${shortId(job.id)}`
    if (hadLess({ job, attempt }, view)) {
      return [
        { status: 'warn', says: `${says}, which was less than workers have now`, todo: again },
      ]
    }
    const more = limit === null ? 'SIZE' : settingBytes(2 * limit)
    const pool = view.pools.find(({ name }) => name === attempt.pool)
    const set =
      (pool?.memory ?? null) === null
        ? `config set worker.memory_limit ${more}`
        : `workers set --pool ${attempt.pool} --memory ${more}`
    return [
      {
        status: 'fail',
        says,
        todo: `stella scanner ${set}, then ${again}`,
        ...(limit === null || pool === undefined
          ? {}
          : { mend: moreMemory(view, pool, { more, again, limit }) }),
      },
    ]
  })
}

/** Workers that run keep the limit with which they began. */
function moreMemory(
  view: ScannerView,
  { name, memory, count }: Pool,
  { more, again, limit }: { more: string; again: string; limit: number },
): Mend {
  return scannerMend(
    view,
    [
      memory === null
        ? { kind: 'set', key: workerMemoryLimit.key, value: more }
        : { kind: 'pool', pool: name, count, memory: more },
      { kind: 'restart', pool: name },
    ],
    [
      `${formatBytes(limit)} were not enough with the least memory that a scan can do with; twice as much is the next try`,
      `The job is tried again by: ${again}`,
    ],
  )
}

function oomsOf(ooms: readonly JobAttempt[]): Problem | null {
  const [first] = ooms
  if (first === undefined) return null
  const { caseId } = first.attempt
  return problemIf(
    'warn',
    `memory ran out in ${counted(ooms.length, 'scan', 'scans')} within the last hour`,
    caseId === null
      ? `stella scanner jobs show ${shortId(first.job.id)}`
      : `read why: stella cases show ${caseId}`,
  )
}
