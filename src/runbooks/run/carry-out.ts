/** Runs the commands of a step: once, or until what is expected holds. */
import type { Step } from '../../model/runbook.ts'
import { identityOf } from '../../sources/proc/identity.ts'
import type { Value } from '../condition/condition.ts'
import { sinceChange } from './commands.ts'
import type { Programs } from './commands.ts'
import type { RunDesk } from './desk.ts'
import type { CommandEnd, EventOf, StartedProgram } from './event.ts'
import { capturesOf, judge, linesWith, nothingIn } from './judge.ts'
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

const SHORTEST_WINDOW_MS = 1_000

export interface Carried {
  /** `left`: somebody wanted to leave before it came to an end. */
  kind: 'ended' | 'left'
  ended: Ended
}
type Ended = Omit<EventOf<'step-ended'>, 'kind' | 'at' | 'step' | 'by'>

export interface Work {
  step: Step
  commands: readonly Programs[]
  /** What conditions may ask for. */
  values: ReadonlyMap<string, Value>
  /** Null: nothing was changed yet. */
  changedAt: number | null
  /** Of a change: who was started is written down before anything else. */
  started: NoteStarted | null
  /** When it has to be done; null: it may take its time. */
  until: number | null
}

export type NoteStarted = (programs: readonly StartedProgram[]) => void

/** Runs the commands of a step; those of an `assert` again, as often as its retry says. Never throws for what they do. */
export async function carryOut(work: Work, desk: RunDesk): Promise<Carried> {
  const { step } = work
  if (step.kind === 'wait') return waited(step, desk)
  const times = step.kind === 'assert' ? (step.retry?.times ?? 1) : 1
  for (let attempt = 1; ; attempt++) {
    const { judged, ...did } = await tried(work, desk)
    const ended = { ...judged, ...did, attempts: attempt }
    if (desk.signal.aborted) return { kind: 'left', ended }
    const everyMs = step.retry?.everyMs ?? 1_000
    const isLast = attempt >= times || timeLeft(work, desk) <= everyMs
    if (judged.state !== 'failed' || isLast) return { kind: 'ended', ended }
    await desk.pause(everyMs)
  }
}

/** How long a step may take at most, each of its commands. */
export function mostMs({ timeoutMs, kind }: Step): number {
  return timeoutMs ?? USUAL_MS[kind]
}

function timeLeft({ until }: Work, desk: RunDesk): number {
  return until === null ? Number.POSITIVE_INFINITY : until - desk.now()
}

async function waited(step: Step, desk: RunDesk): Promise<Carried> {
  await desk.pause(mostMs(step))
  const ended: Ended = {
    state: 'ok',
    why: null,
    attempts: 1,
    commands: [],
    captures: {},
    none: [],
    seen: [],
    exit: null,
  }
  return { kind: desk.signal.aborted ? 'left' : 'ended', ended }
}

async function tried(
  work: Work,
  desk: RunDesk,
): Promise<{ judged: Judged } & Pick<Ended, 'commands' | 'captures' | 'none' | 'seen' | 'exit'>> {
  const { step, commands, values, changedAt, started } = work
  const ends: CommandEnd[] = []
  let stdout = ''
  let source = ''
  let output = ''
  let exit: number | null = 0
  let says: string | null = null
  if (step.since === 'change' && changedAt !== null) {
    // Windows are whole seconds: one that ends now must not begin before the change.
    const early = changedAt + SHORTEST_WINDOW_MS - desk.now()
    if (early > 0) await desk.pause(early)
  }
  for (const written of commands) {
    const programs =
      step.since === 'change' && changedAt !== null
        ? sinceChange(written, changedAt, desk.now())
        : written
    const timeoutMs = Math.min(mostMs(step), Math.max(1, timeLeft(work, desk)))
    const end = await runOne(programs, timeoutMs, desk, started)
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
  const none = [...nothingIn(step.capture, stdout, source)]
  const seen = [...linesWith(step.look, output)]
  return { judged, commands: ends, captures, none, seen, exit }
}

/** One command: what is told of it, and what it wrote. */
export async function runOne(
  programs: Programs,
  timeoutMs: number,
  desk: RunDesk,
  started: NoteStarted | null,
): Promise<{ told: CommandEnd; stdout: string; source: string; output: string }> {
  const begun = performance.now()
  const argv = programs.map(([name = '', ...args]) =>
    name === 'stella' ? [...desk.stella, ...args] : [name, ...args],
  )
  const end = await desk.run(argv, {
    timeoutMs,
    signal: desk.signal,
    env: desk.env,
    ...(started === null ? {} : { started: (pids) => started(startedOf(programs, pids)) }),
  })
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

function startedOf(programs: Programs, pids: readonly (number | null)[]): StartedProgram[] {
  return pids.flatMap((pid, at) =>
    pid === null ? [] : { ...identityOf(pid), argv: [...(programs[at] ?? [])] },
  )
}

function excerptOf(text: string): string {
  if (text.length <= MOST_EXCERPT) return text
  const half = MOST_EXCERPT / 2
  return `${text.slice(0, half)}\n… ${text.length - MOST_EXCERPT} characters are left out …\n${text.slice(-half)}`
}
