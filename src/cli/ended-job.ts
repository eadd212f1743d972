import { setTimeout as pause } from 'node:timers/promises'
import { unreachableError } from '../model/errors.ts'
import { ENDED_STATES } from '../model/scan-job.ts'
import type { Job } from '../model/scan-job.ts'
import type { ScannerDesk } from '../scanning/desk.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/**
 * The job once it has ended. It is looked at again and again, less and less often.
 *
 * @param onNote one sentence, where something happens to the job meanwhile
 * @throws StellaError (unreachable) where it is gone
 */
export async function endedJob(
  desk: ScannerDesk,
  first: Job,
  onNote: (says: string) => void = () => undefined,
): Promise<Job> {
  let job = first
  for (let pauseMs = FIRST_PAUSE_MS; !ENDED_STATES.includes(job.state);) {
    await pause(pauseMs)
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    const now = await desk.job(job.id)
    if (now === null) throw unreachableError(`job ${job.id} is gone`, null, 'submit it again')
    if (now.note !== null && now.note !== job.note) onNote(now.note)
    job = now
  }
  return job
}
