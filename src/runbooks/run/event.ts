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
export const CommandEnd = z.object({
  argv: z.array(z.array(text)),
  exit: z.nullable(z.number()),
  says: textOrNull,
  output: text,
  ms: z.number(),
})
export type CommandEnd = z.infer<typeof CommandEnd>

/** What the report says of a step, whatever becomes of the document. `run`: one command in each line, as far as values are known. */
export const StepTold = z.object({
  id: text,
  phase: text,
  branch: textOrNull,
  kind: text,
  title: text,
  run: text,
  when: textOrNull,
  risk: text,
  /** How many have to approve it. */
  approvals: z.number(),
  undo: textOrNull,
})
export type StepTold = z.infer<typeof StepTold>

/** One of the programs of a change, that leads a process group of its own. */
const StartedProgram = z.object({
  pid: z.number(),
  startTicks: text,
  bootId: text,
  pidNamespace: text,
  argv: z.array(text),
})
export type StartedProgram = z.infer<typeof StartedProgram>

/** Who or what has begun it. */
export const RunOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person') }),
  z.object({ kind: z.literal('case'), case: text }),
  /** `case`: the one that the alert is about, as far as it is known. */
  z.object({ kind: z.literal('alert'), alert: text, fingerprint: text, case: textOrNull }),
])
export type RunOrigin = z.infer<typeof RunOrigin>

const Event = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('begun'),
    at: text,
    by: text,
    host: text,
    origin: RunOrigin,
    /** Why, as whoever began it said. */
    reason: textOrNull,
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
    reason: textOrNull,
    plan: text,
    steps: z.array(StepTold),
  }),
  /** `steps`: of the changes, only these; null: all that no case is named for. */
  z.object({
    kind: z.literal('approved'),
    at: text,
    by: text,
    how: z.enum(['hash', 'terminal', 'http', 'low-risk']),
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
  /** Of a change, or of what takes it back: whoever resumes can look whether they still live. */
  z.object({
    kind: z.literal('started'),
    at: text,
    step: text,
    programs: z.array(StartedProgram),
  }),
  /** They had outlived stella; what somebody wanted done about it. */
  z.object({
    kind: z.literal('outlived'),
    at: text,
    step: text,
    by: text,
    did: z.enum(['wait', 'kill']),
    says: text,
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
    /** Of what was to be taken from the answer: it says that there is none. */
    none: z.array(text),
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
  /** Something else has happened that is about the same. */
  z.object({ kind: z.literal('seen-again'), at: text, origin: RunOrigin }),
  /** It needs a person, or more time, and the run goes on without it for now. */
  z.object({ kind: z.literal('left'), at: text, step: text, why: text }),
  /** `stillRuns`: what the step has started has outlived its stella. */
  z.object({
    kind: z.literal('waits'),
    at: text,
    step: text,
    why: text,
    stillRuns: z.boolean(),
  }),
  z.object({ kind: z.literal('ended'), at: text, verdict: z.enum(VERDICTS), why: text }),
])
export type RunEvent = z.infer<typeof Event>
export type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>

/** What another version wrote, or nobody, is null. */
export function eventIn(held: unknown): RunEvent | null {
  const read = Event.safeParse(held)
  return read.success ? read.data : null
}
