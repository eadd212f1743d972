/** What the API says of runbooks and of their runs. */
import * as z from 'zod/mini'
import { PARAM_TYPES, PHASES, SEVERITIES, STEP_KINDS } from '../model/runbook.ts'
import { CommandEnd, ENDED_STATES, RunOrigin, StepTold, VERDICTS } from '../runbooks/run/event.ts'

const text = z.string()
const textOrNull = z.nullable(text)
const number = z.number()
const numberOrNull = z.nullable(number)
const list = <Item extends z.ZodMiniType>(item: Item) => z.readonly(z.array(item))
const texts = z.readonly(z.record(text, text))
const severity = z.nullable(z.enum(SEVERITIES))
const risk = z.enum(['low', 'medium', 'high'])

const Param = z.object({ name: text, type: z.enum(PARAM_TYPES), asks: text, usual: textOrNull })

/** What the front matter says of it. */
const about = {
  component: textOrNull,
  severity,
  owner: textOrNull,
  updated: textOrNull,
  doctorChecks: list(text),
  alerts: list(text),
  cases: list(text),
  tracking: texts,
}

export const RunbooksAnswer = z.object({
  /** What `stella runbook list --json` prints, and `GET /api/runbooks` answers. */
  schema: z.literal('stella.runbooks/1'),
  runbooks: list(
    z.object({
      id: text,
      title: text,
      ...about,
      params: list(Param),
      /** How many. */
      steps: z.int(),
      /** When a run of it ended well; null: none did. */
      lastSucceeded: textOrNull,
    }),
  ),
})

const ChecklistItem = z.object({ text, line: number })
const Capture = z.object({
  name: text,
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('json'), path: list(text) }),
    z.object({ kind: z.literal('text') }),
  ]),
})

export const RunbookAnswer = z.object({
  /** A runbook with its steps. */
  schema: z.literal('stella.runbook/1'),
  id: text,
  title: text,
  path: text,
  about: z.object(about),
  params: list(Param),
  steps: list(
    z.object({
      id: text,
      phase: z.enum(PHASES),
      branch: textOrNull,
      title: text,
      kind: z.enum(STEP_KINDS),
      run: list(text),
      line: number,
      isDeclared: z.boolean(),
      timeoutMs: numberOrNull,
      capture: list(Capture),
      problemIf: textOrNull,
      when: textOrNull,
      expect: textOrNull,
      retry: z.nullable(z.object({ times: number, everyMs: number })),
      look: list(text),
      since: z.nullable(z.literal('change')),
      risk,
      approvals: number,
      undo: textOrNull,
    }),
  ),
  symptoms: list(ChecklistItem),
  prevention: list(ChecklistItem),
  repairs: list(text),
  /** Why it is not run; null: it can be. */
  broken: z.nullable(z.object({ line: number, says: text })),
  problems: list(z.object({ line: number, says: text })),
})

export const PlanAnswer = z.object({
  /** What a run would do: what `stella runbook run --dry-run --json` prints, and the API answers. */
  schema: z.literal('stella.runbook/1'),
  id: text,
  title: text,
  params: texts,
  missing: list(z.object({ name: text, type: z.enum(PARAM_TYPES), asks: text })),
  repairs: list(text),
  /** Why it is not run; null: it can be. */
  broken: z.nullable(z.object({ line: number, says: text })),
  /** An approval is one of this. */
  hash: text,
  plan: list(
    z.object({
      id: text,
      phase: z.enum(PHASES),
      kind: z.enum(STEP_KINDS),
      title: text,
      branch: textOrNull,
      run: text,
      changes: z.boolean(),
      refused: textOrNull,
      undo: textOrNull,
      when: textOrNull,
      expect: textOrNull,
      risk: z.nullable(risk),
      approvals: number,
      line: number,
    }),
  ),
})

/** What was done lately where a runbook is for something that happened. */
export const TriggersAnswer = z.object({
  /** What `GET /api/triggers` answers: what opened a runbook lately, or would have. */
  schema: z.literal('stella.triggers/1'),
  triggers: list(
    z.object({
      at: text,
      origin: RunOrigin,
      /** Its id. */
      runbook: text,
      /** `seen-again`: it is about the same as a run that there is already. */
      did: z.enum(['opened', 'seen-again', 'left-out']),
      run: textOrNull,
      why: textOrNull,
      /** Runbooks that are for it, too. */
      others: list(text),
      /** Values that were not passed on, and those that nobody knows. */
      left: list(text),
    }),
  ),
})

/** `stopped`: it has neither ended nor does it wait, and nobody works on it. */
const runState = z.enum(['running', 'waits', 'stopped', 'ended'])
const waits = z.nullable(z.object({ step: text, why: text, stillRuns: z.boolean() }))
const broken = z.nullable(z.object({ line: number, says: text }))
const verdict = z.nullable(z.enum(VERDICTS))

const runSummary = {
  run: text,
  /** Its id. */
  runbook: text,
  title: text,
  state: runState,
  begunAt: text,
  endedAt: textOrNull,
  by: text,
  origin: RunOrigin,
  verdict,
  why: textOrNull,
  waits,
  broken,
}

export const RunsAnswer = z.object({
  /** What `GET /api/runs` answers. */
  schema: z.literal('stella.runs/1'),
  /** `case`: the one that it is about. */
  runs: list(z.object({ ...runSummary, case: textOrNull })),
})

const value = z.union([number, text, z.boolean()])

/** A run as it is told with its case. */
export const CaseRun = z.object({
  ...runSummary,
  /** The case that opened it; null: a person did. */
  case: textOrNull,
  /** What is not well, and what was seen there. */
  found: list(
    z.object({
      step: text,
      title: text,
      state: z.enum(['problem', 'failed']),
      why: textOrNull,
      captures: z.readonly(z.record(text, value)),
    }),
  ),
  /** The command that goes on with it; null: there is nothing to go on with. */
  next: textOrNull,
  /** The command that tells all of it. */
  report: text,
})

const ComparedValue = z.object({ name: text, before: value, after: value })

export const RunAnswer = z.object({
  /** A run of a runbook: what `stella runbook run`, `resume` and `report` print with `--json`, and the API answers. */
  schema: z.literal('stella.runbook-run/1'),
  run: text,
  runbook: z.object({ id: text, title: text, path: text }),
  state: runState,
  plan: text,
  params: texts,
  by: text,
  host: text,
  origin: RunOrigin,
  /** What else has happened since that is about the same. */
  seenAgain: list(z.object({ at: text, origin: RunOrigin })),
  reason: textOrNull,
  version: text,
  begunAt: text,
  endedAt: textOrNull,
  verdict,
  why: textOrNull,
  waits,
  /** The step whose change is being taken back at this moment. */
  takesBack: textOrNull,
  approvals: list(
    z.object({ at: text, by: text, how: text, plan: text, steps: z.nullable(list(text)) }),
  ),
  resumed: list(z.object({ at: text, by: text, host: text, reason: textOrNull })),
  steps: list(
    z.extend(StepTold, {
      state: z.enum(['pending', 'running', 'waits', ...ENDED_STATES, 'undone']),
      why: textOrNull,
      begunAt: textOrNull,
      endedAt: textOrNull,
      attempts: number,
      exit: numberOrNull,
      commands: list(CommandEnd),
      captures: z.readonly(z.record(text, value)),
      seen: list(text),
      undoing: z.nullable(
        z.object({
          at: text,
          isDone: z.boolean(),
          why: textOrNull,
          command: z.nullable(CommandEnd),
        }),
      ),
    }),
  ),
  changes: list(
    z.object({
      step: text,
      title: text,
      run: text,
      begunAt: text,
      endedAt: textOrNull,
      approvedBy: list(text),
      reason: textOrNull,
      undo: textOrNull,
      values: list(ComparedValue),
    }),
  ),
  compared: list(ComparedValue),
  timeline: list(z.object({ at: text, step: textOrNull, by: textOrNull, what: text })),
  broken,
})

/** What was asked for is being done; the run tells how it goes. */
export const RunTaken = z.object({
  /** What the API answers when a run has begun, or goes on. */
  schema: z.literal('stella.run-taken/1'),
  run: text,
})

const point = { text, by: text, at: text, evidence: textOrNull }
/** What of the prevention of a runbook was done. */
export const PreventionAnswer = z.object({
  /** What `stella runbook prevention --json` prints, and the API answers: what keeps it from coming back, and whether it is done. */
  schema: z.literal('stella.runbook-prevention/1'),
  runbook: text,
  title: text,
  items: list(
    z.object({
      /** Of its words alone: it keeps its mark wherever it moves. */
      item: text,
      number,
      text,
      line: number,
      state: z.enum(['open', 'done', 'look-again']),
      mark: z.nullable(z.object({ by: text, at: text, evidence: textOrNull })),
    }),
  ),
  /** Points that the document does not have any more, or has in other words. */
  gone: list(z.object({ runbook: text, item: text, isDone: z.boolean(), ...point })),
})
