/** Runs the commands of a step: once, or until what is expected holds. */
import type { Step } from '../../model/runbook.ts'
import type { Value } from '../condition/condition.ts'
import { sinceChange } from './commands.ts'
import type { Programs } from './commands.ts'
import type { RunDesk } from './desk.ts'
import type { CommandEnd, EventOf } from './event.ts'
import { capturesOf, judge, linesWith } from './judge.ts'
import type { Judged } from './judge.ts'

const MINUTE = 60_000
const USUAL_MS: Readonly<Record<Step['kind'], number>> = {
  check: MINUTE,
  assert: MINUTE,
  change: 10 * MINUTE,
  manual: MINUTE,
  wait: MINUTE,
  ask: MINUTE,
}
/** Of what one command wrote, in the journal. Characters. */
const MOST_EXCERPT = 8_000

export type Carried =
  | { kind: 'ended'; ended: Ended }
  /** Somebody wanted to leave before it came to an end. */
  | { kind: 'left'; ended: Ended }
type Ended = Omit<EventOf<'step-ended'>, 'kind' | 'at' | 'step' | 'by'>

export interface Work {
  step: Step
  commands: readonly Programs[]
  /** What conditions may ask for. */
  values: ReadonlyMap<string, Value>
  /** Null: nothing was changed yet. */
  changedAt: number | null
}

export async function carryOut(work: Work, desk: RunDesk): Promise<Carried> {
  const { step } = work
  if (step.kind === 'wait') return waited(step, desk)
  const times = step.kind === 'assert' ? (step.retry?.times ?? 1) : 1
  for (let attempt = 1; ; attempt++) {
    const { judged, ...did } = await tried(work, desk)
    const ended = { ...judged, ...did, attempts: attempt }
    if (desk.signal.aborted) return { kind: 'left', ended }
    if (judged.state !== 'failed' || attempt >= times) return { kind: 'ended', ended }
    await desk.pause(step.retry?.everyMs ?? 1_000)
  }
}

async function waited({ timeoutMs }: Step, desk: RunDesk): Promise<Carried> {
  await desk.pause(timeoutMs ?? USUAL_MS.wait)
  const ended: Ended = {
    state: 'ok',
    why: null,
    attempts: 1,
    commands: [],
    captures: {},
    seen: [],
    exit: null,
  }
  return { kind: desk.signal.aborted ? 'left' : 'ended', ended }
}

async function tried(
  { step, commands, values, changedAt }: Work,
  desk: RunDesk,
): Promise<{ judged: Judged } & Pick<Ended, 'commands' | 'captures' | 'seen' | 'exit'>> {
  const ends: CommandEnd[] = []
  let stdout = ''
  let source = ''
  let output = ''
  let exit: number | null = 0
  let says: string | null = null
  for (const written of commands) {
    const programs =
      step.since === 'change' && changedAt !== null
        ? sinceChange(written, changedAt, desk.now())
        : written
    const end = await runOne(programs, step.timeoutMs ?? USUAL_MS[step.kind], desk)
    ends.push(end.told)
    stdout += end.stdout
    source += end.source
    output += end.output
    if (exit === 0) exit = end.told.exit
    says ??= end.told.says
    // What follows a change that failed rests on it.
    if (says !== null || (step.kind === 'change' && exit !== 0)) break
  }
  const captures = capturesOf(step.capture, stdout, source)
  const scope = {
    values: new Map<string, Value>([
      ...values,
      ...Object.entries(captures),
      ...(exit === null ? [] : [['exit', exit] as const]),
    ]),
    output,
  }
  const judged = judge(step, { stdout, output, exit, says }, scope)
  return { judged, commands: ends, captures, seen: [...linesWith(step.look, output)], exit }
}

/** One command: what is told of it, and what it wrote. */
export async function runOne(
  programs: Programs,
  timeoutMs: number,
  desk: RunDesk,
): Promise<{ told: CommandEnd; stdout: string; source: string; output: string }> {
  const begun = performance.now()
  const argv = programs.map(([name = '', ...args]) =>
    name === 'stella' ? [...desk.stella, ...args] : [name, ...args],
  )
  const end = await desk.run(argv, { timeoutMs, signal: desk.signal, env: desk.env })
  const output = end.stdout + end.stderr
  const told = {
    argv: programs.map((words) => [...words]),
    exit: end.exit,
    says: end.says,
    output: excerptOf(output),
    ms: Math.round(performance.now() - begun),
  }
  return { told, stdout: end.stdout, source: end.source, output }
}

function excerptOf(text: string): string {
  if (text.length <= MOST_EXCERPT) return text
  const half = MOST_EXCERPT / 2
  return `${text.slice(0, half)}\n… ${text.length - MOST_EXCERPT} characters are left out …\n${text.slice(-half)}`
}
