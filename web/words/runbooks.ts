/** Runbooks, their runs and steps in words. */
import type { RunListed, StepDocument, Verdict } from '../runbooks/documents.ts'
import { capital } from './capital.ts'
import type { MarkShape } from './mark-shape.ts'

export const RUN_VERDICTS: Record<Verdict, string> = {
  resolved: 'Resolved',
  well: 'All is well',
  problem: 'A problem was found',
  'not-verified': 'Not verified',
  failed: 'Failed',
  undone: 'Taken back',
}

export const RUN_SHAPES: Record<Verdict, MarkShape> = {
  resolved: 'calm',
  well: 'calm',
  problem: 'trouble',
  'not-verified': 'trouble',
  failed: 'killed',
  undone: 'back',
}

export const RUN_SENTENCES: Record<Verdict, string> = {
  resolved: 'Something was changed, and everything that had to become true did',
  well: 'Nothing was changed',
  problem: 'Checks have found a problem, and nothing was changed',
  'not-verified': 'Whether it helped, nothing has shown',
  failed: 'It did not come to a good end',
  undone: 'Everything is as it was before',
}

/** What a step does, before it does it. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  check: 'looks',
  change: 'changes something',
  assert: 'verifies',
  manual: 'for a person',
  wait: 'lets time pass',
  ask: 'asks for a value',
}

export function kindInWords(kind: string): string {
  return KIND_WORDS[kind] ?? kind
}

const STEP_SHAPES: Record<StepDocument['state'], MarkShape> = {
  pending: 'open',
  running: 'going',
  waits: 'waiting',
  ok: 'calm',
  problem: 'trouble',
  failed: 'killed',
  refused: 'killed',
  skipped: 'dropped',
  undone: 'back',
}

export function stepShape({ state }: Pick<StepDocument, 'state'>): MarkShape {
  return STEP_SHAPES[state]
}

const STEP_WORDS: Record<Exclude<StepDocument['state'], 'ok'>, string> = {
  pending: 'not yet',
  running: 'goes on',
  waits: 'waits for somebody',
  problem: 'a problem',
  failed: 'failed',
  refused: 'not run',
  skipped: 'left out',
  undone: 'taken back',
}

const DONE_WORDS: Readonly<Record<string, string>> = {
  check: 'no problem',
  assert: 'holds',
  ask: 'given',
  wait: 'over',
}

/** What became of a step: "no problem" of one that looks, "done" of one that changes. */
export function stepInWords({ state, kind }: Pick<StepDocument, 'state' | 'kind'>): string {
  return state === 'ok' ? (DONE_WORDS[kind] ?? 'done') : STEP_WORDS[state]
}

/** `Quick checks` of `quick-checks`. */
export function phaseName(phase: string): string {
  return capital(phase.replaceAll('-', ' '))
}

const LISTED_WORDS: Record<Exclude<RunListed['state'], 'ended'>, string> = {
  running: 'Goes on',
  waits: 'Waits for somebody',
  stopped: 'Stopped',
}

const LISTED_SHAPES: Record<Exclude<RunListed['state'], 'ended'>, MarkShape> = {
  running: 'going',
  waits: 'waiting',
  stopped: 'dropped',
}

/** How a run stands, in a list of them. */
export function listedInWords({ state, verdict }: Pick<RunListed, 'state' | 'verdict'>): string {
  if (verdict !== null) return RUN_VERDICTS[verdict]
  return state === 'ended' ? 'Ended' : LISTED_WORDS[state]
}

export function listedShape({ state, verdict }: Pick<RunListed, 'state' | 'verdict'>): MarkShape {
  if (verdict !== null) return RUN_SHAPES[verdict]
  return state === 'ended' ? 'dropped' : LISTED_SHAPES[state]
}

/** "by ada", "by stella, for the alert ScannerWorkerOOM". */
export function originInWords({ origin, by }: Pick<RunListed, 'origin' | 'by'>): string {
  switch (origin.kind) {
    case 'person':
      return `by ${by}`
    case 'case':
      return `by ${by}, for the case ${origin.case}`
    case 'alert':
      return `by ${by}, for the alert ${origin.alert}`
  }
}

export const HOW_WORDS: Readonly<Record<string, string>> = {
  hash: 'by the plan',
  terminal: 'at a terminal',
  http: 'over the page',
  'low-risk': 'all of low risk',
}

export const PREVENTION_WORDS = {
  open: 'open',
  done: 'done',
  'look-again': 'done long ago: look again',
} as const
