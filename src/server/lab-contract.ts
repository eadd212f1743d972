/** What the API says of labs, and what callers ask of them. */
import * as z from 'zod/mini'
import { BACKENDS } from '../labs/backend-id.ts'

const text = z.string()
const textOrNull = z.nullable(text)
const count = z.int()
const bytesOrNull = z.nullable(z.number())
const time = z.iso.datetime()
const list = <Item extends z.ZodMiniType>(item: Item) => z.readonly(z.array(item))

/** What was done with a lab on this machine so far. */
const record = {
  starts: count,
  attempts: count,
  hints: count,
  solved: count,
  bestSeconds: z.nullable(z.number()),
}

/** What it is, whether it is open or not. */
const about = {
  id: text,
  title: text,
  /** What somebody can do who has solved it. */
  teaches: text,
  minutes: z.number(),
  /** 1 to 3. */
  difficulty: z.number(),
  /** In the order in which they are tried. */
  backends: list(z.enum(BACKENDS)),
}

export const LabsAnswer = z.object({
  /** What `stella lab list --json` prints, and `GET /api/labs` answers. */
  schema: z.literal('stella.labs/1'),
  labs: list(z.object({ ...about, open: z.boolean(), ...record })),
})

const CheckResult = z.object({
  name: text,
  title: text,
  ok: z.boolean(),
  actual: text,
  expected: text,
  /** How it does not hold, and what to do; null: it holds. */
  how: textOrNull,
  next: textOrNull,
})

const Question = z.object({
  id: text,
  asks: text,
  /** Empty: a number, a size or a name is asked for. */
  choices: list(text),
  /** What was answered; null: nothing yet. */
  answer: textOrNull,
})

const OpenLab = z.object({
  backend: z.enum(BACKENDS),
  /** Where its files are on the machine of the server. */
  folder: text,
  startedAt: time,
  /** What it made has ended by itself then. */
  endsAt: time,
  solvedAt: z.nullable(time),
  /** Markdown, with the names of this very lab. */
  challenge: text,
  /** What the names in its texts stand for. */
  names: z.readonly(z.record(text, text)),
  questions: list(Question),
  attempts: count,
  /** Those that were given, in their order; Markdown. */
  hints: list(z.object({ check: text, says: text })),
  /** As they stand at this moment. */
  checks: list(CheckResult),
})

/** A lab as it stands. */
export const LabAnswer = z.object({
  /** What `GET /api/labs/{id}` answers: one lab, and how it stands. */
  schema: z.literal('stella.lab-room/1'),
  ...about,
  /** What it may use of the memory of the machine at most. */
  budgetBytes: z.number(),
  /** How long it has to hold before it counts. */
  stableSeconds: z.number(),
  /** What it made ends by itself after this. */
  ttlMinutes: z.number(),
  /** `broken`: what is kept of it cannot be read; to end it cleans up. */
  state: z.enum(['closed', 'starting', 'open', 'broken']),
  /** What this server does with it now, and how far it is; null: nothing. */
  doing: z.nullable(z.object({ what: z.enum(['start', 'check', 'solve']), step: textOrNull })),
  /** Why the last thing that was asked of this server came to nothing. */
  trouble: z.nullable(z.object({ error: text, todo: text })),
  /** Null: it is not open. */
  open: z.nullable(OpenLab),
  record: z.object(record),
})

export const LabCheckAnswer = z.object({
  /** What `stella lab check --json` prints, and the API answers: whether a lab is solved. */
  schema: z.literal('stella.lab-check/1'),
  id: text,
  passed: z.boolean(),
  /** It was watched for as long as the lab asks for. */
  counted: z.boolean(),
  attempts: count,
  hints: count,
  checks: list(CheckResult),
})

export const LabHintAnswer = z.object({
  /** What `stella lab hint --json` prints, and the API answers. */
  schema: z.literal('stella.lab-hint/1'),
  id: text,
  /** What it is for; null: everything holds. */
  check: textOrNull,
  /** Markdown. */
  hint: text,
  taken: count,
  /** There is no further one for it. */
  last: z.boolean(),
})

export const LabSolutionAnswer = z.object({
  /** How a lab is solved, as the API answers it. */
  schema: z.literal('stella.lab-solution/1'),
  id: text,
  /** Markdown. */
  solution: text,
})

/** What was asked for is being done; the lab tells how it goes. */
export const LabTaken = z.object({
  /** What the API answers to what takes a while: it is begun. */
  schema: z.literal('stella.lab-taken/1'),
  id: text,
})

export const LabStopAnswer = z.object({
  /** What `stella lab stop --json` prints, and the API answers. */
  schema: z.literal('stella.lab-stop/1'),
  id: text,
  /** False: it was not open. */
  stopped: z.boolean(),
})

const at = z.number()
/** What was seen of a workload's memory since the last message, or so far in the first one. Times in milliseconds. */
export const LabMemory = z.object({
  workload: text,
  /** When its course began: that of another time is another course. */
  since: at,
  points: list(z.object({ at, usageBytes: z.number(), limitBytes: bytesOrNull })),
  marks: list(
    z.object({
      at,
      /** The most that was in use up to then. */
      bytes: bytesOrNull,
      /** `kill`: by the kernel, in its group. */
      kind: z.enum(['kill', 'start', 'end']),
      says: text,
    }),
  ),
})
export type LabMemoryDocument = z.infer<typeof LabMemory>

/** The data of the events `lab` and `memory` of a lab. */
export const LabEvent = z.union([LabAnswer, LabMemory])
export type LabDocument = z.infer<typeof LabAnswer>

const MINUTES_OF_A_DAY = 1_440

export const StartWanted = z.object({
  /** Where it is made; without it, in the first of its backends that can be used. */
  backend: z.optional(z.enum(BACKENDS)),
  /** What it made ends by itself after this; without it, as the lab says. */
  ttlMinutes: z.optional(z.number().check(z.positive(), z.maximum(MINUTES_OF_A_DAY))),
})

export const CheckWanted = z.object({
  /** By the ids of its questions. They are kept. */
  answers: z._default(z.record(z.string(), z.string().check(z.minLength(1), z.maxLength(500))), {}),
  /** How long it has to hold; without it, as long as the lab asks for. A shorter time does not count. */
  seconds: z.optional(z.number().check(z.minimum(0), z.maximum(600))),
})
