import { formatBytes } from '../../model/bytes.ts'
import type { Job } from '../../model/scan-job.ts'
import { rulesIn } from '../../scanning/rules.ts'
import { largeImagePool } from '../../scanning/settings/index.ts'
import type { Problem, ScannerCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { firstWorkerMend, scannerMend } from '../scanner/mend.ts'
import type { ScannerView } from '../scanner/view.ts'
import { counted } from '../../model/counted.ts'

export const scannerRouting: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.routing',
  title: 'Large images have a pool of their own',
  severity: 'medium',
  runbook: 'runbooks/scanner-oom.md',
  warns:
    'Large images were seen within a day, and routing.large_image_pool is unset, or its pool has no workers',
  fails: 'The same, and one of them waits in that pool, ran out of memory, or took too long',
  judge(view) {
    const { largeImagePool: pool, largeImageThresholdBytes: threshold } = rulesIn(view.set)
    const large = view.jobs.filter(({ sizeBytes }) => (sizeBytes ?? 0) >= threshold)
    const suffered = large.filter(hasSuffered)
    const waiting = large.filter((job) => job.state === 'queued' && job.pool === pool)
    const workers = view.workers.filter((worker) => worker.pool === pool).length
    const evidence = {
      largeImages: large.length,
      largestBytes: large.length === 0 ? null : Math.max(...large.map((job) => job.sizeBytes ?? 0)),
      outOfMemoryOrLate: suffered.length,
      thresholdBytes: threshold,
      pool,
      workers: pool === null ? null : workers,
      isPartial: view.isCut,
    }
    const seen = `${counted(large.length, 'image', 'images')} of ${formatBytes(threshold)} or more`
    if (large.length === 0) {
      return judged(
        `no image of ${formatBytes(threshold)} or more was seen within a day`,
        evidence,
        [],
      )
    }
    const status = suffered.length > 0 || waiting.length > 0 ? 'fail' : 'warn'
    return judged(`${seen}, which go to ${pool}`, evidence, [
      pool === null ? noPool(view, seen, status) : noWorkers(view, { pool, workers, seen, status }),
    ])
  },
}

function hasSuffered({ state, attempts }: Job): boolean {
  return state === 'timeout' || attempts.some(({ outcome }) => outcome === 'oom')
}

function noPool(view: ScannerView, seen: string, status: Problem['status']): Problem {
  return {
    status,
    says: `${seen} ${status === 'fail' ? 'and no pool for them: memory or time ran out' : 'and no pool for them'}`,
    todo: 'stella scanner workers add --pool large-images --memory 16Gi --count 1, then stella scanner config set routing.large_image_pool large-images',
    mend: scannerMend(
      view,
      [
        { kind: 'pool', pool: LARGE_POOL, count: 1, memory: LARGE_MEMORY },
        { kind: 'set', key: largeImagePool.key, value: LARGE_POOL },
      ],
      [
        `${seen}: in a pool of their own they have more memory, and no other scan waits for them`,
        'The memory is a limit, and not taken before a scan needs it',
      ],
    ),
  }
}

const LARGE_POOL = 'large-images'
const LARGE_MEMORY = '16Gi'

function noWorkers(
  view: ScannerView,
  found: { pool: string; workers: number; seen: string; status: Problem['status'] },
): Problem | null {
  const { pool, workers, seen, status } = found
  const mend = firstWorkerMend(view, pool)
  return problemIf(
    workers === 0 && status,
    `${seen} go to ${pool}, of which no worker runs`,
    mend === undefined
      ? 'start stella serve, whose workers they are'
      : `stella scanner workers add --pool ${pool} --count 1`,
    mend,
  )
}
