/** What the API says: the schemas that check what comes in, describe what goes out, and make the OpenAPI document. */
import * as z from 'zod/mini'
import { VERDICT_CODES } from '../model/case.ts'
import { PLATFORMS } from '../model/subject.ts'
import { WARNING_LEVELS } from '../model/warning.ts'
import { printable } from '../report/printable.ts'
import { CaseRun } from './runbook-contract.ts'

const text = z.string()
const textOrNull = z.nullable(text)
const numberOrNull = z.nullable(z.number())
const bytesOrNull = numberOrNull
/** RFC 3339, UTC. */
const time = z.iso.datetime()
const timeOrNull = z.nullable(time)

const Host = z.object({ id: text, name: text })
const Subject = z.object({
  platform: z.enum(PLATFORMS),
  name: textOrNull,
  id: textOrNull,
  image: textOrNull,
})

export const CaseSummary = z.object({
  id: text,
  incident: text,
  revision: z.int(),
  host: Host,
  at: timeOrNull,
  recordedAt: time,
  subject: Subject,
  verdict: z.object({
    code: z.enum(VERDICT_CODES),
    confidence: z.enum(['certain', 'likely', 'possible']),
    summary: text,
  }),
  limitBytes: bytesOrNull,
  usageBytes: bytesOrNull,
  victim: z.nullable(z.object({ pid: z.number(), name: text })),
})
export type CaseSummaryDocument = z.infer<typeof CaseSummary>

export const Warning = z.object({
  host: Host,
  at: time,
  subject: Subject,
  path: textOrNull,
  level: z.enum(WARNING_LEVELS),
  says: text,
  usedBytes: z.number(),
  limitBytes: z.number(),
  secondsToLimit: z.nullable(z.number()),
})
export type WarningDocument = z.infer<typeof Warning>

export const CasesPage = z.object({
  /** What `GET /api/cases` answers: cases in short, the newest first. */
  schema: z.literal('stella.cases-page/1'),
  cases: z.array(CaseSummary),
  /** Where the next page begins: the `after` of its query; null: this is the last. */
  next: textOrNull,
})
export type CasesPageDocument = z.infer<typeof CasesPage>

export const KeptCase = z.object({
  /** What `GET /api/cases/{id}` answers: one case as a server keeps it. */
  schema: z.literal('stella.kept-case/1'),
  ...CaseSummary.shape,
  /** The whole case as `stella why --json` prints it: `stella.case/1`. */
  case: z.looseObject({ schema: z.literal('stella.case/1'), id: text }),
  /** What was said of the same group in the hour before. */
  warnings: z.array(Warning),
  /** Runs of runbooks that it has, newest first. */
  runs: z.readonly(z.array(CaseRun)),
})
export type KeptCaseDocument = z.infer<typeof KeptCase>

export const Overview = z.object({
  /** What `GET /api/overview` answers. */
  schema: z.literal('stella.overview/1'),
  version: text,
  /** Cases by verdict. */
  counts: z.partialRecord(z.enum(VERDICT_CODES), z.int()),
  /** Alerts that fire. */
  firingAlerts: z.int(),
  hosts: z.array(z.object({ ...Host.shape, firstSeen: time, lastSeen: time, blind: textOrNull })),
  /** What this server cannot see at the moment, one sentence each. */
  blind: z.array(text),
})
export type OverviewDocument = z.infer<typeof Overview>

export const WarningsPage = z.object({
  /** What `GET /api/warnings` answers. */
  schema: z.literal('stella.warnings/1'),
  warnings: z.array(Warning),
})

const Pressure = z.nullable(z.object({ someAvg10: bytesOrNull, fullAvg10: bytesOrNull }))

/** A memory group of the last round. */
const Group = z.object({
  name: text,
  path: text,
  container: z.nullable(z.object({ id: text, engine: textOrNull, name: textOrNull })),
  removed: z.boolean(),
  usageBytes: bytesOrNull,
  chargeBytes: bytesOrNull,
  unreclaimableBytes: bytesOrNull,
  /** What was written and is not on the disk yet. */
  dirtyBytes: bytesOrNull,
  limit: z.nullable(
    z.object({
      scope: z.enum(['own', 'ancestor', 'host']),
      path: textOrNull,
      bytes: z.number(),
      usedBytes: bytesOrNull,
      headroomBytes: bytesOrNull,
    }),
  ),
  percent: numberOrNull,
  highBytes: bytesOrNull,
  pressure: Pressure,
  limitHitsPerSecond: numberOrNull,
  growthBytesPerMinute: bytesOrNull,
  timeLeft: z.enum(['unknown', 'never', 'now', 'seconds']),
  secondsToLimit: z.nullable(z.object({ low: z.number(), high: numberOrNull })),
  oomKills: numberOrNull,
  processes: numberOrNull,
  biggest: z.nullable(z.object({ pid: z.number(), name: textOrNull, rssBytes: z.number() })),
  notes: z.array(text),
})
export type GroupDocument = z.infer<typeof Group>

/** The last round over all groups of this machine: `stella.top/1`. */
export const LiveView = z.object({
  /** The last round over all memory groups: what `stella top --json` prints, and `GET /api/live` answers. */
  schema: z.literal('stella.top/1'),
  at: time,
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  host: z.object({
    totalBytes: bytesOrNull,
    availableBytes: bytesOrNull,
    swapTotalBytes: bytesOrNull,
    swapFreeBytes: bytesOrNull,
    pressure: Pressure,
    oomKills: numberOrNull,
  }),
  groups: z.array(Group),
  unknown: z.array(text),
})
export type LiveViewDocument = z.infer<typeof LiveView>

export const Course = z.object({
  /** What `GET /api/course` answers: the last minutes of a memory group. */
  schema: z.literal('stella.course/1'),
  path: text,
  points: z.array(z.object({ at: time, usageBytes: z.number(), limitBytes: bytesOrNull })),
})

/** What an agent sends: entries of its journal, as they stand there. */
export const Delivery = z.object({
  schema: z.literal('stella.delivery/1'),
  host: z.object({
    id: z.string().check(z.minLength(1), z.maxLength(128)),
    name: z.string().check(z.minLength(1), z.maxLength(256)),
  }),
  entries: z.array(z.unknown()).check(z.maxLength(1_000)),
})

export const Taken = z.object({
  /** What the API answers to what it was sent. */
  schema: z.literal('stella.taken/1'),
  /** How many were new. */
  taken: z.int(),
  /** Entries that could not be understood, and are not kept. */
  refused: z.int(),
})

export const Problem = z.object({
  error: text,
  /** What to do about it. */
  todo: text,
  /** What of the call it is about. */
  where: z.optional(text),
  /** What was named is not there; the call itself is understood. */
  code: z.optional(z.literal('no-such-thing')),
})

const LONGEST_NAME = 64
/** Who did it, as the caller says. Nobody checks it; it is kept as a note. */
export const callerName = z._default(
  z.pipe(
    z.string().check(z.minLength(1), z.maxLength(1_000)),
    z.transform((name) => printable(name).slice(0, LONGEST_NAME)),
  ),
  'somebody',
)

/** How many of a list are wanted. */
export const count = (most: number, usual: number) =>
  z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,6}$/)),
      z.transform((value) => Math.min(most, Math.max(1, Number(value)))),
    ),
    usual,
  )

export const CasesQuery = z.object({
  limit: count(500, 50),
  after: z.optional(z.string().check(z.maxLength(200))),
  verdict: z.optional(z.enum(VERDICT_CODES)),
  search: z.optional(z.string().check(z.maxLength(200))),
  host: z.optional(z.string().check(z.maxLength(128))),
  since: z.optional(time),
})

export const WarningsQuery = z.object({
  limit: count(500, 50),
  host: z.optional(z.string().check(z.maxLength(128))),
  path: z.optional(z.string().check(z.maxLength(4_096))),
  since: z.optional(time),
})

export const CourseQuery = z.object({ path: z.string().check(z.minLength(1), z.maxLength(4_096)) })
