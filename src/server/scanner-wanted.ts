/** What callers ask of the scanner, within bounds. */
import * as z from 'zod/mini'
import { JOB_STATES, LOG_LEVELS } from '../model/scan-job.ts'
import { callerName as by, count } from './contract.ts'
import { time } from './time-codec.ts'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000
/** Bounds of the tables. */
const MOST_JOBS = 1_000
const MOST_LINES = 10_000
const MOST_CHANGES = 1_000

const words = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest))
const milliseconds = z.int().check(z.minimum(0), z.maximum(DAY_MS))
const workers = z.int().check(z.minimum(1), z.maximum(1_000))

export const JobsQuery = z.object({
  limit: count(MOST_JOBS, 50),
  after: z.optional(words(200)),
  /** Several with commas between them. */
  status: z.optional(
    z.pipe(
      z.pipe(
        words(200),
        z.transform((states) => states.split(',')),
      ),
      z.array(z.enum(JOB_STATES)),
    ),
  ),
  image: z.optional(words(1_000)),
  since: z.optional(time),
})

export const FiguresQuery = z.object({ since: z.optional(time) })

export const GateQuery = z.object({ image: words(1_000) })

/** Standard input, which is the server's own. */
const STDIN = '-'

export const JobWanted = z.object({
  image: words(1_000).check(z.refine((image) => image !== STDIN)),
  platform: z._default(z.nullable(words(100)), null),
  priority: z._default(z.int().check(z.minimum(-1_000), z.maximum(1_000)), 0),
  timeoutMs: z._default(z.nullable(z.int().check(z.minimum(SECOND_MS), z.maximum(DAY_MS))), null),
  readsAgain: z._default(z.boolean(), false),
  by,
})

export const SettingWanted = z.object({ value: z.nullable(z.string().check(z.maxLength(200))), by })

export const HistoryQuery = z.object({
  limit: count(MOST_CHANGES, 50),
  key: z.optional(words(200)),
})

export const RollbackWanted = z.object({ change: z.int().check(z.minimum(1)), by })

export const WorkersMore = z.object({
  pool: words(60),
  count: workers,
  memory: z._default(z.nullable(words(40)), null),
})

export const PoolWanted = z.object({
  pool: words(60),
  count: z._default(z.nullable(z.int().check(z.minimum(0), z.maximum(1_000))), null),
  memory: z._default(z.nullable(words(40)), null),
  evenIfJobsWait: z._default(z.boolean(), false),
})

export const WorkersFewer = z.object({
  pool: words(60),
  count: workers,
  evenIfJobsWait: z._default(z.boolean(), false),
})

export const RestartWanted = z.object({
  pool: z._default(z.nullable(words(60)), null),
  drainMs: z._default(milliseconds, 30 * SECOND_MS),
})

export const LogsQuery = z.object({
  limit: count(MOST_LINES, 100),
  filter: z.optional(words(400)),
  level: z.optional(z.enum(LOG_LEVELS)),
  since: z.optional(time),
  after: z.optional(
    z.pipe(
      z.string().check(z.regex(/^\d{1,15}$/)),
      z.transform((digits) => Number(digits)),
    ),
  ),
  job: z.optional(words(60)),
})
