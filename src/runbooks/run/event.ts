/** What the journal of a run says, a line each. */
import * as z from 'zod/mini'

export const ENDED_STATES = ['skipped', 'refused', 'ok', 'problem', 'failed'] as const
export type EndedState = (typeof ENDED_STATES)[number]

/** `resolved`: something was changed, and all that had to become true did. */
export const VERDICTS = ['resolved', 'well', 'problem', 'not-verified', 'failed', 'undone'] as const
export type Verdict = (typeof VERDICTS)[number]

const text = z.string()
const textOrNull = z.nullable(text)
const value = z.union([z.number(), text, z.boolean()])

/** What one command did. */
const CommandEnd = z.object({
  argv: z.array(z.array(text)),
  exit: z.nullable(z.number()),
  says: textOrNull,
  output: text,
  ms: z.number(),
})
export type CommandEnd = z.infer<typeof CommandEnd>

/** What the report says of a step, whatever becomes of the document. */
const StepTold = z.object({ id: text, phase: text, kind: text, title: text, undo: textOrNull })
export type StepTold = z.infer<typeof StepTold>

const Event = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('begun'),
    at: text,
    by: text,
    host: text,
    version: text,
    runbook: z.object({ id: text, title: text, path: text }),
    params: z.record(text, text),
    plan: text,
    steps: z.array(StepTold),
    onlyChecks: z.boolean(),
    deep: z.boolean(),
    undoOnFailure: z.boolean(),
  }),
  z.object({
    kind: z.literal('resumed'),
    at: text,
    by: text,
    host: text,
    plan: text,
    steps: z.array(StepTold),
  }),
  /** `steps`: of the changes, only these; null: all that no case is named for. */
  z.object({
    kind: z.literal('approved'),
    at: text,
    by: text,
    how: z.enum(['hash', 'terminal', 'low-risk']),
    plan: text,
    steps: z.nullable(z.array(text)),
  }),
  z.object({ kind: z.literal('step-begun'), at: text, step: text }),
  /** `argv`: of each command, of each program of its pipe, the words. */
  z.object({
    kind: z.literal('change-begun'),
    at: text,
    step: text,
    argv: z.array(z.array(z.array(text))),
  }),
  z.object({
    kind: z.literal('step-ended'),
    at: text,
    step: text,
    state: z.enum(ENDED_STATES),
    why: textOrNull,
    attempts: z.number(),
    commands: z.array(CommandEnd),
    captures: z.record(text, value),
    /** Lines in which words stand that are looked for. */
    seen: z.array(text),
    exit: z.nullable(z.number()),
    by: textOrNull,
  }),
  z.object({ kind: z.literal('undo-begun'), at: text, step: text, argv: z.array(z.array(text)) }),
  z.object({
    kind: z.literal('undo-ended'),
    at: text,
    step: text,
    isDone: z.boolean(),
    why: textOrNull,
    command: z.nullable(CommandEnd),
  }),
  z.object({ kind: z.literal('waits'), at: text, step: text, why: text }),
  z.object({ kind: z.literal('ended'), at: text, verdict: z.enum(VERDICTS), why: text }),
])
export type RunEvent = z.infer<typeof Event>
export type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>

/** What another version wrote, or nobody, is null. */
export function eventIn(held: unknown): RunEvent | null {
  const read = Event.safeParse(held)
  return read.success ? read.data : null
}
