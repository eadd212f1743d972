/** `stella scan image` by the workers of the scanner, where they run: with their limits, their retries and their list of jobs. */
import { EXIT, StellaError } from '../../../model/errors.ts'
import { ENDED_STATES } from '../../../model/scan-job.ts'
import type { Job } from '../../../model/scan-job.ts'
import type { ScannerDesk } from '../../../scanning/desk.ts'
import { endedJob } from '../../ended-job.ts'

export interface WantedScan {
  /** As the workers find it. */
  image: string
  platform: string | null
  /** Milliseconds; null: as the scanner has it set. */
  timeoutMs: number | null
  /** The last job of this image that failed is tried again; without one, all layers are read anew. */
  isRetry: boolean
  by: string
}

const RECENT = 50

/**
 * Waits until the job has ended well.
 *
 * @param onNote one sentence, where something happens to the job
 * @throws StellaError 1 where it failed, with what would be needed
 */
export async function scanByWorkers(
  desk: ScannerDesk,
  wanted: WantedScan,
  onNote: (says: string) => void,
): Promise<Job> {
  const job = await begun(desk, wanted)
  onNote(`job ${job.id} in ${job.pool}, as ${job.mode}`)
  const last = await endedJob(desk, job, onNote)
  if (last.state === 'done') return last
  throw new StellaError({
    exitCode: EXIT.bad,
    what: last.note ?? `the job is ${last.state}`,
    where: wanted.image,
    todo: `see: stella scanner jobs show ${last.id}`,
  })
}

async function begun(desk: ScannerDesk, { isRetry, by, ...request }: WantedScan): Promise<Job> {
  const failed = isRetry ? await lastFailed(desk, request) : null
  if (failed !== null) return desk.retry(failed.id)
  return desk.submit({ ...request, priority: 0, readsAgain: isRetry }, by)
}

/** Null: the last job of the image went well, or there is none. */
async function lastFailed(
  desk: ScannerDesk,
  { image, platform }: Pick<WantedScan, 'image' | 'platform'>,
): Promise<Job | null> {
  const { jobs } = await desk.jobs({ limit: RECENT, image })
  const last = jobs.find((job) => job.image === image && job.platform === platform)
  const isFailed = last !== undefined && ENDED_STATES.includes(last.state) && last.state !== 'done'
  return isFailed ? last : null
}
