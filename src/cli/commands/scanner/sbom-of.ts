import { unreachableError } from '../../../model/errors.ts'
import type { Job } from '../../../model/scan-job.ts'
import type { ScannerDesk } from '../../../scanning/desk.ts'

/** @throws StellaError (unreachable) where the job has none */
export async function sbomOf(desk: ScannerDesk, job: Job): Promise<AsyncIterable<Uint8Array>> {
  const document = await desk.document(job.id)
  if (document !== null) return document
  if (job.result !== null) {
    throw unreachableError(
      `the SBOM of job ${job.id} was dropped: retention.documents was reached`,
      null,
      `have it made again: stella scanner jobs retry ${job.id}`,
    )
  }
  throw unreachableError(
    `job ${job.id} has no SBOM: it is ${job.state}`,
    null,
    'only jobs that are done have one',
  )
}
