/** What is told of jobs, as lines. */
import { formatBytes } from '../../../model/bytes.ts'
import type { Attempt, Job } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { Paint } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'

/** Enough of an id to name one job. */
const SHORT_ID = 8

export function jobTable(jobs: readonly Job[]): string[] {
  const rows = jobs.map((job) => [
    printable(job.id.slice(0, SHORT_ID)),
    localTime(job.createdAt),
    job.state,
    printable(job.pool),
    bytes(job.sizeBytes),
    String(job.attempts.length),
    printable(job.image),
    printable(wordOn(job)),
  ])
  const head = ['Job', 'Created', 'Status', 'Pool', 'Size', 'Attempts', 'Image', 'Note']
  return textTable(head, rows, [4, 5]).map((line) => line.trimEnd())
}

/** What ended the last attempt, or what it waits for. */
function wordOn({ note, attempts, result }: Job): string {
  if (result !== null) return `${result.packages} packages`
  return note ?? attempts.at(-1)?.says ?? ''
}

export function jobLine(job: Job): string {
  return `${job.state}  ${printable(job.image)}  ${printable(job.id)}`
}

export function jobLines(job: Job, paint: Paint): string[] {
  const heading = job.state === 'failed' || job.state === 'timeout' ? paint.bad : paint.bold
  const { result } = job
  const facts: (readonly [string, string] | null)[] = [
    ['Id', job.id],
    ['Platform', job.platform ?? 'that of the host'],
    ['Size', job.sizeBytes === null ? 'not known' : formatBytes(job.sizeBytes)],
    ['Pool', job.pool],
    ['Mode', job.mode],
    ['Priority', String(job.priority)],
    job.timeoutMs === null ? null : ['Timeout', `${job.timeoutMs / 1_000}s`],
    ['Created', `${localTime(job.createdAt)}, by ${job.createdBy}`],
    job.startedAt === null ? null : ['Started', localTime(job.startedAt)],
    job.endedAt === null ? null : ['Ended', localTime(job.endedAt)],
    job.note === null ? null : ['Note', job.note],
    result === null
      ? null
      : [
          'Result',
          `${result.packages} packages, ${result.problems} problems; SBOM of ${formatBytes(result.bytes)}, ${result.digest}`,
        ],
  ]
  const known = facts.filter((fact) => fact !== null)
  return [
    `${heading(job.state)}  ${printable(job.image)}`,
    ...known.map(([name, value]) => `  ${name.padEnd(8)}  ${printable(value)}`),
    ...attemptLines(job, paint),
  ]
}

/** What an SBOM lacks, or why there is none. */
export function lackLines({ state }: Job, lacks: readonly string[]): string[] {
  const none =
    state === 'done' ? 'The SBOM lacks nothing that is known of.' : 'Nothing went wrong yet.'
  const told = lacks.map((says) => `  - ${printable(says)}`)
  return ['', ...(lacks.length === 0 ? [none] : ['Not in an SBOM', ...told])]
}

function attemptLines({ attempts }: Job, paint: Paint): string[] {
  if (attempts.length === 0) return []
  const rows = attempts.map((attempt) => [
    String(attempt.number),
    attempt.mode,
    printable(attempt.pool),
    printable(attempt.worker),
    bytes(attempt.limitBytes),
    bytes(attempt.peakBytes),
    attempt.outcome ?? 'running',
    printable(attempt.says ?? ''),
  ])
  const head = ['#', 'Mode', 'Pool', 'Worker', 'Limit', 'Peak', 'Outcome', 'Note']
  return [
    '',
    paint.bold('Attempts'),
    ...textTable(head, rows, [0, 4, 5]).map((line) => `  ${line}`.trimEnd()),
    ...explained(attempts),
  ]
}

function explained(attempts: readonly Attempt[]): string[] {
  const ids = attempts.flatMap(({ caseId, number }) =>
    caseId === null ? [] : [{ caseId, number }],
  )
  if (ids.length === 0) return []
  const lines = ids.map(
    ({ caseId, number }) =>
      `Attempt ${number} is explained by: stella cases show ${printable(caseId)}`,
  )
  return ['', ...lines]
}

export function bytes(size: number | null): string {
  return size === null ? '-' : formatBytes(size)
}
