/** What callers ask of runbooks and their runs, within bounds. */
import * as z from 'zod/mini'
import { callerName, count } from './contract.ts'

/** Bounds of what is looked through. */
const MOST_RUNS = 200
const MOST_STEPS = 2_000

const words = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest))
const id = words(100)
/** Whether a value is one of its type is the runbook's to say. */
const params = z._default(z.record(z.string(), z.string().check(z.maxLength(4_096))), {})

export const PlanWanted = z.object({ params })

export const RunsQuery = z.object({
  limit: count(MOST_RUNS, 50),
  runbook: z.optional(id),
  /** The id of a case: runs that were begun for it. */
  case: z.optional(id),
})

export const RunWanted = z.object({
  runbook: id,
  params,
  /** Nothing is changed, whoever approves it. */
  onlyChecks: z._default(z.boolean(), false),
  /** The deep diagnosis, too, which may take long. */
  deep: z._default(z.boolean(), false),
  by: callerName,
})

const Answer = z.union([z.enum(['yes', 'no', 'again', 'done']), z.object({ value: words(500) })])
/** By the ids of steps. */
const answers = z._default(z.record(z.string(), Answer), {})

/** What is done where a change that was open when its stella ended still runs; `leave`: the run waits. */
const outlived = z._default(z.enum(['leave', 'wait', 'kill']), 'leave')

export const ResumeWanted = z.object({
  /** The hash of the plan that they have seen: of another one nothing is done. It approves nothing. */
  ofPlan: z.optional(words(100)),
  /** The hash of the plan whose changes are approved. */
  plan: z.optional(words(100)),
  /** With `plan`: of the changes, only these. */
  steps: z._default(z.readonly(z.array(id).check(z.maxLength(MOST_STEPS))), []),
  /** Changes of low risk that ask for no approval. */
  lowRisk: z._default(z.boolean(), false),
  answers,
  /** Those that are in no journal, for they looked like secrets. */
  params,
  outlived,
  by: callerName,
})

export const UndoWanted = z.object({ answers, outlived, by: callerName })

export const ReportQuery = z.object({
  format: z._default(z.enum(['markdown', 'html']), 'markdown'),
})

export const PreventionWanted = z.object({
  /** False: it is open again. */
  done: z.boolean(),
  /** What shows it: a link, a change, a sentence. */
  evidence: z.optional(words(2_000)),
  by: callerName,
})

export const StopWanted = z.object({ by: callerName })
