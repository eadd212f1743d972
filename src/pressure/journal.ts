/** What an experiment was and did, in the words of Chaos Toolkit, and where everything stands that is to be taken back. */
import * as z from 'zod/mini'
import type { JsonObject } from '../model/fix.ts'
import type { Instant } from '../model/time.ts'
import { textField } from '../parsers/json-fields.ts'

const text = z.string()
const json: z.ZodMiniType<JsonObject> = z.record(text, z.json())

/** One thing that was asked or done. */
const Activity = z.object({
  activity: json,
  output: z.json(),
  start: text,
  end: text,
  /** Seconds. */
  duration: z.number(),
  status: z.enum(['succeeded', 'failed', 'aborted']),
  /** Of a probe. */
  tolerance_met: z.optional(z.boolean()),
  /** Why it failed. */
  exception: z.optional(z.array(text)),
})
export type ActivityRun = z.infer<typeof Activity>

const State = z.object({ steady_state_met: z.boolean(), probes: z.array(Activity) })
export type SteadyState = z.infer<typeof State>

export const STATUSES = ['completed', 'failed', 'aborted', 'interrupted'] as const
export type Status = (typeof STATUSES)[number]

const Journal = z.object({
  platform: text,
  node: text,
  experiment: json,
  start: text,
  end: z.nullable(text),
  /** Seconds. */
  duration: z.nullable(z.number()),
  /** Null: it is not over. */
  status: z.nullable(z.enum(STATUSES)),
  deviated: z.boolean(),
  steady_states: z.object({
    before: z.nullable(State),
    during: z.array(State),
    after: z.nullable(State),
  }),
  run: z.array(Activity),
  rollbacks: z.array(Activity),
  stella: z.object({
    id: text,
    target: text,
    /** Why it ended before its time; null: it did not. */
    why: z.nullable(text),
  }),
})
export type Journal = z.infer<typeof Journal>

const Process = z.object({ pid: z.number(), startTicks: text, bootId: text, pidNamespace: text })

export const Record = z.object({
  id: text,
  /** It runs, or not all of it is taken back. */
  left: z.boolean(),
  journal: Journal,
  /** What is to be taken back. Limits stand in records of changes beside this one. */
  undo: z.object({
    allocator: z.nullable(Process),
    /** The folder of the group that was made for it. */
    leaf: z.nullable(text),
  }),
})
export type PressureRecord = z.infer<typeof Record>

export function timed(
  activity: JsonObject,
  { start, end }: { start: Instant; end: Instant },
  rest: Pick<ActivityRun, 'output' | 'status'> & Partial<ActivityRun>,
): ActivityRun {
  return {
    activity: { ...activity },
    start: iso(start),
    end: iso(end),
    duration: (end - start) / 1_000,
    ...rest,
  }
}

export function nameOf(activity: JsonObject): string {
  return textField(activity, 'name') ?? 'something without a name'
}

export function iso(at: Instant): string {
  return new Date(at).toISOString()
}

/** How an experiment ended. */
export interface Outcome {
  status: Status
  deviated: boolean
  /** One clause; null: there is nothing to say of it. */
  why: string | null
}

/** How it ended before its time. */
export interface Stop extends Outcome {
  why: string
}

/** The journal of an experiment that is over. */
export function ended(journal: Journal, at: Instant, { status, deviated, why }: Outcome): Journal {
  const duration = Math.max(0, (at - Date.parse(journal.start)) / 1_000)
  return {
    ...journal,
    end: iso(at),
    duration,
    status,
    deviated,
    stella: { ...journal.stella, why },
  }
}
