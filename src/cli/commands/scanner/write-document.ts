import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { errorCode } from '../../../model/error-code.ts'
import { StellaError, unreachableError } from '../../../model/errors.ts'
import type { Job } from '../../../model/scan-job.ts'
import type { ScannerDesk } from '../../../scanning/desk.ts'

/**
 * Writes the SBOM of a job to a file, which is there when all of it is.
 *
 * @throws StellaError (unreachable) where there is none, or the file cannot be written
 */
export async function writeDocument(desk: ScannerDesk, job: Job, path: string): Promise<void> {
  const document = await desk.document(job.id)
  if (document === null) {
    throw unreachableError(
      `job ${job.id} has no SBOM: it is ${job.state}`,
      null,
      'only jobs that are done have one',
    )
  }
  const part = `${path}.${process.pid}.part`
  try {
    await pipeline(document, createWriteStream(part, { mode: 0o644 }))
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    if (error instanceof StellaError) throw error
    throw unreachableError(
      `the SBOM cannot be written (${errorCode(error)})`,
      path,
      'name a file that may be written',
      { cause: error },
    )
  }
}
