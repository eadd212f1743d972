import { unreachableError } from '../../../model/errors.ts'
import type { Job, JobState } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import type { ScannerDesk } from '../../../scanning/desk.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { JobAnswer, JobsAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags, SinceFlags } from './flags.ts'
import { jobLine, jobLines, jobTable, lackLines } from './jobs-text.ts'
import { memoryLines } from './memory-text.ts'
import { print } from './print.ts'
import { sbomErrors } from './sbom-errors.ts'
import { sbomOf } from './sbom-of.ts'
import { writeDocument } from '../../write-document.ts'

export interface ListFlags extends ScannerFlags, SinceFlags {
  status?: readonly JobState[]
  image?: string
  limit?: number
}

/** As many as a terminal can be asked to show; a script gets more. */
const SHOWN = 50
const MOST_AT_ONCE = 1_000

/** `stella scanner jobs list`. */
export async function listJobs(this: CliContext, flags: ListFlags): Promise<void> {
  const { status: states, image } = flags
  const since = (flags.since ?? flags.last)?.(this.io.now())
  const limit = flags.limit ?? (flags.json === true ? MOST_AT_ONCE : SHOWN)
  const query = { states, image, since }
  const { jobs, next } = await withDesk(this.io, flags, (desk) => upTo(desk, limit, query))
  const isNarrow = [states, image, since].some((each) => each !== undefined)
  const nothing = isNarrow
    ? 'No job is of this kind; without options all are listed.'
    : 'There are no jobs yet.'
  print(this.io, flags, {
    document: writeAnswer(JobsAnswer, { jobs, next }),
    lines: [
      ...(jobs.length === 0 ? [nothing] : jobTable(jobs)),
      ...(next === null ? [] : ['', `These are the newest ${jobs.length}; --limit shows more.`]),
    ],
    quiet: jobs.map(jobLine),
  })
}

async function upTo(
  desk: ScannerDesk,
  limit: number,
  query: Omit<Parameters<ScannerDesk['jobs']>[0], 'limit' | 'after'>,
): Promise<{ jobs: readonly Job[]; next: string | null }> {
  const found: Job[] = []
  let after: string | undefined
  for (;;) {
    const most = Math.min(MOST_AT_ONCE, limit - found.length)
    const { jobs, next } = await desk.jobs({ ...query, limit: most, after })
    found.push(...jobs)
    if (next === null || found.length >= limit) return { jobs: found, next }
    after = next
  }
}

export interface ShowFlags extends ScannerFlags {
  sbom?: string
  sbomErrors?: boolean
}

/** `stella scanner jobs show`. */
export async function showJob(this: CliContext, flags: ShowFlags, id: string): Promise<void> {
  await withDesk(this.io, flags, async (desk) => {
    const job = await desk.job(id)
    if (job === null) throw noJob(id)
    const { sbom } = flags
    if (sbom !== undefined) await writeDocument(sbom, await sbomOf(desk, job))
    const written = sbom === undefined ? [] : ['', `The SBOM is in ${printable(sbom)}.`]
    const lacks = flags.sbomErrors === true ? await sbomErrors(desk, job) : null
    const [attempts, layers] = await Promise.all([desk.memory(job.id), desk.layers(job.id)])
    const inside = { memory: attempts ?? [], layers: layers ?? [] }
    const paint = paintFor(this.io, flags.noColor ?? false)
    print(this.io, flags, {
      document: {
        ...writeAnswer(JobAnswer, job),
        /** A job with what its attempts took: what `stella scanner jobs show --json` prints. */
        schema: 'stella.scanner-job/1' as const,
        /** The memory of the worker during each attempt. */
        memory: inside.memory,
        /** What was found out about each layer. */
        layers: inside.layers,
        ...(lacks === null
          ? {}
          : {
              /** What its SBOM lacks, and why there is none; with `--sbom-errors` alone. */
              sbomErrors: lacks,
            }),
      },
      lines: [
        ...jobLines(job, paint),
        ...memoryLines(job.attempts, inside.memory, paint),
        ...(lacks === null ? [] : lackLines(job, lacks)),
        ...written,
      ],
      quiet: lacks?.map(printable) ?? [jobLine(job)],
    })
  })
}

/** `stella scanner jobs cancel`. */
export async function cancelJob(this: CliContext, flags: ScannerFlags, id: string): Promise<void> {
  printJob(this, flags, await withDesk(this.io, flags, (desk) => desk.cancel(id)))
}

/** `stella scanner jobs retry`. */
export async function retryJob(this: CliContext, flags: ScannerFlags, id: string): Promise<void> {
  printJob(this, flags, await withDesk(this.io, flags, (desk) => desk.retry(id)))
}

export function printJob(context: CliContext, flags: ScannerFlags, job: Job): void {
  const lines = jobLines(job, paintFor(context.io, flags.noColor ?? false))
  print(context.io, flags, {
    document: writeAnswer(JobAnswer, job),
    lines,
    quiet: [printable(job.id)],
  })
}

export function noJob(id: string): Error {
  return unreachableError(
    `there is no job ${id.slice(0, 60)}, or several begin so`,
    null,
    "see those that are with 'stella scanner jobs list'",
  )
}
