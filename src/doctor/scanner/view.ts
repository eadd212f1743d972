/** What the checks of the scanner judge: everything that is known of it at one time. */
import type { Job, Pool, WorkerView } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import type { LogRow, ScannerDesk, ScannerStatus } from '../../scanning/desk.ts'
import type { SetTexts } from '../../scanning/settings/setting.ts'

export const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export interface ScannerView {
  /** As whoever asks names it: the address of its server or database, or its data folder. */
  name: string
  at: Instant
  pools: readonly Pool[]
  /** Those that were heard of within the last seconds. */
  workers: readonly WorkerView[]
  /** What is set, as it is written. */
  set: SetTexts
  queues: ScannerStatus['queues']
  /** Jobs that wait or run, and those that were created or ended within a day; newest first. */
  jobs: readonly Job[]
  /** There are more jobs than were read: counts are lower bounds. */
  isCut: boolean
  /** Lines of the log about workers that ended with nothing to do, of the last hour. */
  idleEnds: readonly LogRow[]
}

export type ScannerQuestions = Pick<
  ScannerDesk,
  'status' | 'pools' | 'workers' | 'settings' | 'jobs' | 'logs'
>

/** Jobs of one question that are read at most, a page at a time. */
const MOST_JOBS = 5_000
const PAGE = 1_000
const MOST_LINES = 200

/**
 * @param about.isAlone nobody else has the database open: workers that told of themselves a moment ago are gone
 * @throws StellaError (unreachable) where the scanner does not answer
 */
export async function viewOf(
  desk: ScannerQuestions,
  at: Instant,
  { isAlone, name }: { isAlone: boolean; name: string },
): Promise<ScannerView> {
  const [status, pools, told, settings, idleEnds, running, waiting, hour, day] = await Promise.all([
    desk.status(),
    desk.pools(),
    desk.workers(),
    desk.settings(),
    desk.logs({
      limit: MOST_LINES,
      level: 'error',
      since: at - HOUR_MS,
      filter: 'worker ended with',
    }),
    jobsOf(desk, { states: ['running'] }),
    jobsOf(desk, { states: ['queued'] }),
    jobsOf(desk, { since: at - HOUR_MS }),
    jobsOf(desk, { since: at - DAY_MS }),
  ])
  const parts = [running, waiting, hour, day]
  const byId = new Map(parts.flatMap(({ jobs }) => jobs).map((job) => [job.id, job]))
  return {
    name,
    at,
    pools,
    workers: isAlone ? [] : told,
    set: new Map(settings.flatMap(({ key, value }) => (value === null ? [] : [[key, value]]))),
    queues: status.queues,
    jobs: [...byId.values()].toSorted((one, other) => other.createdAt - one.createdAt),
    isCut: parts.some(({ isCut }) => isCut),
    idleEnds: idleEnds.filter(({ job }) => job === null),
  }
}

async function jobsOf(
  desk: ScannerQuestions,
  query: Omit<Parameters<ScannerDesk['jobs']>[0], 'limit' | 'after'>,
): Promise<{ jobs: readonly Job[]; isCut: boolean }> {
  const found: Job[] = []
  let after: string | undefined
  while (found.length < MOST_JOBS) {
    const { jobs, next } = await desk.jobs({ ...query, limit: PAGE, after })
    found.push(...jobs)
    if (next === null) return { jobs: found, isCut: false }
    after = next
  }
  return { jobs: found, isCut: true }
}
