/** Where a test of a runbook is played: commands are answered and not run, and time is what is said of it. */
import type { PlannedStep } from '../plan.ts'
import type { Programs } from '../run/commands.ts'
import type { Person, RunDesk } from '../run/desk.ts'
import type { RunEvent } from '../run/event.ts'
import { missingSays, timeoutSays } from '../run/pipeline.ts'
import type { PipelineEnd, PipelineOptions } from '../run/pipeline.ts'
import { isSame, typed } from './commands-named.ts'
import type { Answer, AnswersTo, RunbookTest } from './runbook-test.ts'

export interface Stage {
  /** @param by who is there */
  desk(by: string): RunDesk
  played(): Played
}

export interface Played {
  /** Commands that were asked for, in their order. */
  asked: readonly Asked[]
  /** Steps that were taken back, in their order. */
  undone: readonly string[]
  /** What nobody has an answer for, and answers of the test that nobody has asked for. */
  faults: readonly string[]
}

export interface Asked {
  step: string
  /** A change, or what takes one back. */
  changes: boolean
  programs: Programs
}

const BEGIN = Date.UTC(2026, 0, 1)

export function stageOf(test: RunbookTest): Stage {
  const asked: Asked[] = []
  const undone: string[] = []
  const missing: string[] = []
  const used = new Map<AnswersTo, number>()
  let now = BEGIN
  let at: { step: string; isUndo: boolean; changes: boolean } = {
    step: '',
    isUndo: false,
    changes: false,
  }

  function told(event: RunEvent): void {
    if (event.kind === 'step-begun') at = { step: event.step, isUndo: false, changes: false }
    if (event.kind === 'change-begun') at = { step: event.step, isUndo: false, changes: true }
    if (event.kind === 'undo-begun') at = { step: event.step, isUndo: true, changes: true }
    if (event.kind === 'undo-ended' && event.isDone) undone.push(event.step)
  }

  function answerTo(programs: Programs): Answer | null {
    const fits = ({ of }: AnswersTo): boolean =>
      of.kind === 'command'
        ? isSame(of.programs, programs)
        : of.step === at.step && of.isUndo === at.isUndo
    const { own, shared } = test.answers
    const found = own.find(fits) ?? shared.find(fits)
    if (found === undefined) return null
    const count = used.get(found) ?? 0
    used.set(found, count + 1)
    return found.answers[count] ?? found.answers.at(-1) ?? null
  }

  async function run(programs: Programs, { timeoutMs }: PipelineOptions): Promise<PipelineEnd> {
    asked.push({ step: at.step, changes: at.changes, programs })
    const answer = answerTo(programs)
    if (answer === null) missing.push(`nobody has an answer for ${typed(programs)} (${nameOf(at)})`)
    if (answer === null || answer.isMissing) {
      const says = missingSays(programs[0]?.[0] ?? '')
      return { ...NOTHING, outcome: 'missing', says }
    }
    now += Math.min(answer.takesMs, timeoutMs)
    const written = {
      stdout: answer.stdout,
      source: answer.source ?? answer.stdout,
      stderr: answer.stderr,
      left: 0,
    }
    if (answer.takesMs > timeoutMs) {
      return { ...written, outcome: 'timeout', exit: null, says: timeoutSays(timeoutMs) }
    }
    return { ...written, outcome: 'exited', exit: answer.exit, says: null }
  }

  return {
    played: () => ({
      asked,
      undone,
      faults: [
        ...missing,
        ...test.answers.own.flatMap((answers) =>
          used.has(answers)
            ? []
            : [`nobody asked for the answer of '${answers.key}' (line ${answers.line})`],
        ),
      ],
    }),
    desk: (by) => ({
      now: () => now,
      by,
      host: 'test',
      run,
      stella: ['stella'],
      env: {},
      signal: new AbortController().signal,
      async pause(ms) {
        now += ms
      },
      told,
      person: test.person === null ? null : personWho(test.person, missing),
    }),
  }
}

const NOTHING: Omit<PipelineEnd, 'outcome' | 'says'> = {
  exit: null,
  stdout: '',
  source: '',
  stderr: '',
  left: 0,
}

function nameOf({ step, isUndo }: { step: string; isUndo: boolean }): string {
  return isUndo ? `${step}.undo` : step
}

/** @param missing gets what nobody has said anything to */
function personWho(said: ReadonlyMap<string, string>, missing: string[]): Person {
  const decides = ({ step }: PlannedStep): 'yes' | 'no' | 'quit' => {
    const answer = said.get(step.id)
    if (answer === 'yes' || answer === 'no' || answer === 'quit') return answer
    missing.push(`nobody says yes, no or quit to '${step.id}' (person)`)
    return 'quit'
  }
  return {
    how: 'terminal',
    looksOn: true,
    // What only looks is let through, as whoever is there would do.
    approves: async (planned) =>
      planned.changes || said.has(planned.step.id) ? decides(planned) : 'yes',
    hasDone: async (planned) => decides(planned),
    async valueFor({ step }) {
      const value = said.get(step.id)
      return value === undefined ? 'none' : { value }
    },
    wantsAgain: async () => 'quit',
    wantsUndo: async () => false,
  }
}
