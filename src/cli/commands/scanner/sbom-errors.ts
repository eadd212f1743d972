import * as z from 'zod/mini'
import type { Job } from '../../../model/scan-job.ts'
import { JsonPicker } from '../../../sbom/languages/json-picker.ts'
import { wanted } from '../../../sbom/languages/json-places.ts'
import type { ScannerDesk } from '../../../scanning/desk.ts'

const PROPERTIES = wanted(['properties', '[]'])
const Problem = z.object({ name: z.literal('stella:problem'), value: z.string() })
const LONGEST_BYTES = 64 * 1024
/** More tell nothing else. */
const MOST = 1_000

/** What the SBOM of a job says that it lacks; of a job without one, how its attempts ended. */
export async function sbomErrors(desk: ScannerDesk, job: Job): Promise<string[]> {
  if (job.result === null) return job.attempts.flatMap(({ says }) => says ?? [])
  const document = job.result.problems === 0 ? null : await desk.document(job.id)
  if (document === null) return []
  const found: string[] = []
  const picker = new JsonPicker(PROPERTIES, LONGEST_BYTES, (value) => {
    const read = z.safeParse(Problem, value)
    if (read.success && found.length < MOST) found.push(read.data.value)
  })
  for await (const piece of document) picker.push(piece)
  return found
}
