/** Judges a lab: at once, and for as long as it has to hold. */
import { refusedError, usageError } from '../model/errors.ts'
import type { StellaError } from '../model/errors.ts'
import { meantWord } from '../parsers/nearest-word.ts'
import type { Backend, Site } from './backends/backend.ts'
import { untilNextLook } from './bench.ts'
import type { Bench, Watching } from './bench.ts'
import { courseOn } from './trend.ts'
import { isBroken, judgeAll } from './judge.ts'
import type { CheckResult } from './judge.ts'
import type { Lab } from './lab.ts'
import { frameOf, lookAt, siteOf } from './site.ts'
import type { LabState } from './state.ts'
import type { LabView } from './view.ts'

export interface LabCheck {
  passed: boolean
  checks: readonly CheckResult[]
  /** It was watched for as long as the lab asks for. */
  isCounted: boolean
  state: LabState
}

export interface OpenLab {
  lab: Lab
  state: LabState
  backend: Backend
  site: Site
}

/** @throws StellaError where the lab is not open */
export function openLab({ shelf, store, backends }: Bench, id: string): OpenLab {
  const lab = shelf.open(id)
  const state = store.read(id)
  if (state === null) throw notOpen(id)
  if (state === 'broken' || state.phase === 'starting') {
    const todo = `'stella lab stop ${id}' removes what it left, or wait for who starts it`
    throw refusedError('missing', 'nobody has come to the end of starting it', id, todo)
  }
  return {
    lab,
    state,
    backend: backends[state.backend],
    site: siteOf(lab, store.folderOf(id), state),
  }
}

function notOpen(id: string): StellaError {
  return refusedError('missing', 'it is not open', id, `begin with 'stella lab start ${id}'`)
}

/** How it stands at this moment: what may have to hold for longer is watched by {@link checkLab}. */
export async function judgeNow(bench: Bench, open: OpenLab): Promise<readonly CheckResult[]> {
  return judgeAll(open.lab, await viewOf(bench, open))
}

/** How it looks now, against how it first looked; without that, against itself. */
export async function viewOf(
  bench: Bench,
  { backend, site, state }: OpenLab,
  earlier?: Pick<LabView, 'before' | 'courses'>,
): Promise<LabView> {
  const after = await lookAt(backend, site)
  const courses = courseOn(earlier?.courses ?? new Map(), after, bench.reader.now())
  const frame = frameOf(backend, site, bench.shelf)
  return { state, ...frame, before: earlier?.before ?? after, after, courses }
}

export interface CheckOrder {
  answers: ReadonlyMap<string, string>
  /** How long it has to hold; null: as long as the lab asks for. Milliseconds. */
  windowMs: number | null
  /** Nobody has asked for it: it is an attempt where it passes. */
  byItself?: boolean
}

/** @throws StellaError where the lab is not open, or an answer is to no question of it */
export async function checkLab(
  bench: Bench,
  id: string,
  { answers, windowMs, byItself = false }: CheckOrder,
  watching: Watching,
): Promise<LabCheck> {
  const open = openLab(bench, id)
  for (const question of answers.keys()) refuseUnknown(open.lab, question)
  const state = bench.store.update(open.state, (now) => ({
    ...now,
    answers: { ...now.answers, ...Object.fromEntries(answers) },
  }))
  if (state === null) throw notOpen(id)
  const asked: OpenLab = { ...open, state }
  const ownMs = open.lab.stableSeconds * 1_000
  const view = await watchFor(bench, asked, windowMs ?? ownMs, watching)
  const checks = judgeAll(open.lab, view)
  const passed = checks.every(({ ok }) => ok)
  const isCounted = (windowMs ?? ownMs) >= ownMs
  const isSolved = passed && isCounted
  const kept = byItself && !isSolved ? state : keep(bench, state, isSolved)
  return { passed, checks, isCounted, state: kept }
}

async function watchFor(
  bench: Bench,
  open: OpenLab,
  windowMs: number,
  { signal, onStep }: Watching,
): Promise<LabView> {
  let view = await viewOf(bench, open)
  const end = bench.reader.now() + windowMs
  if (windowMs > 0 && !isBroken(open.lab, view)) onStep(`watching for ${windowMs / 1_000} s`)
  while (bench.reader.now() < end && !isBroken(open.lab, view)) {
    await untilNextLook(signal)
    // Somebody else may have ended it.
    if (bench.store.read(open.lab.id) === null) throw notOpen(open.lab.id)
    view = await viewOf(bench, open, view)
  }
  return view
}

/** Hints may have been given meanwhile, and it may have been ended. */
function keep({ store, reader }: Bench, asked: LabState, isSolved: boolean): LabState {
  const now = isSolved ? reader.now() : null
  const kept = store.update(asked, (state) => ({
    ...state,
    attempts: state.attempts + 1,
    solvedAt: state.solvedAt ?? now,
  }))
  if (kept === null) throw notOpen(asked.id)
  store.note(asked.id, (record) => {
    const attempts = record.attempts + 1
    if (now === null || kept.solvedAt !== now) return { ...record, attempts }
    const seconds = Math.round((now - kept.startedAt) / 1_000)
    const bestSeconds = Math.min(record.bestSeconds ?? Number.POSITIVE_INFINITY, seconds)
    return { ...record, attempts, solved: record.solved + 1, bestSeconds }
  })
  return kept
}

function refuseUnknown({ questions }: Lab, question: string): void {
  const ids = questions.map(({ id }) => id)
  if (ids.includes(question)) return
  const known = ids.length === 0 ? 'it asks nothing' : `it asks ${ids.join(', ')}`
  const what = `the lab has no question '${question.slice(0, 60)}'`
  throw usageError(what, '--answer', meantWord(question, ids, known))
}
