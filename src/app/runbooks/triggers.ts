/** What happens opens the runbook that is for it: a run that looks, and waits before it changes anything. */
import type { Case } from '../../model/case.ts'
import { StellaError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import { printable } from '../../report/printable.ts'
import type { RunOrigin } from '../../runbooks/run/event.ts'
import { filledParams } from '../../runbooks/trigger/fill.ts'
import { createGate } from '../../runbooks/trigger/gate.ts'
import type { Opening } from '../../runbooks/trigger/gate.ts'
import { matchOf } from '../../runbooks/trigger/match.ts'
import { targetOf } from '../../runbooks/trigger/target.ts'
import type { Triggered } from '../../runbooks/trigger/triggered.ts'
import type { CaseEntry } from '../../store/cases.ts'
import { namesItsCase } from '../../store/database/alert-subject.ts'
import type { HostIdentity, KeptAlert } from '../../store/database/types.ts'
import { createLeftOut } from './left-out.ts'
import { createLine } from './line.ts'
import { createSettledCases } from './settled-cases.ts'
import type { OpenedBefore } from './opened-before.ts'
import type { OpenedRunbook } from './shelf.ts'

export interface TriggersOptions {
  /** What happens elsewhere cannot be looked at from here. */
  host: HostIdentity
  now(): Instant
  /** As they are now. */
  shelf(): readonly OpenedRunbook[]
  /** What was opened while another stella was here. */
  before: readonly OpenedBefore[]
  begin(order: TriggeredRun): Promise<BegunRun>
  /** Whether a run waits, or still goes on. */
  isOpen(run: string): boolean
  /** Writes down that something else is about the same. */
  noteAgain(run: string, origin: RunOrigin): Promise<void>
  caseOf(id: string): Promise<Case | null>
  /** One sentence for the log. */
  onSays(says: string): void
  settleMs?: number | undefined
}

export interface TriggeredRun {
  book: OpenedRunbook
  given: ReadonlyMap<string, string>
  origin: RunOrigin
  /** All that looks has to be done by then. */
  withinMs: number
}

export interface BegunRun {
  run: string
  /** Resolves when it has ended, or waits. */
  rested: Promise<void>
}

export interface Triggers {
  takeCase(entry: CaseEntry): void
  takeAlerts(alerts: readonly KeptAlert[]): Promise<void>
  /** Newest first. */
  lately(): readonly Triggered[]
  stop(): void
}

/** From the beginning of what happened; the promise is a minute. */
const WITHIN_MS = 55_000
/** For one that had to stand in line. */
const LEAST_MS = 20_000
/** Runs that look at the same time. */
const AT_ONCE = 3
const MOST_KEPT = 200

interface Happened {
  at: Instant
  origin: RunOrigin
  case: Case | null
  /** Of the alert. */
  labels: ReadonlyMap<string, string>
}

export function createTriggers(options: TriggersOptions): Triggers {
  const { host, now } = options
  const says = (text: string): void => options.onSays(printable(text))
  const gate = createGate({ isOpen: options.isOpen })
  const line = createLine(AT_ONCE)
  const leftOut = createLeftOut(says)
  const kept: Triggered[] = []
  /** Those that look at this moment. */
  const looking = new Map<string, Promise<void>>()
  for (const { runbook, targets, opening } of options.before) {
    gate.remember(runbook, targets, opening)
  }
  const cases = createSettledCases({
    since: now(),
    settleMs: options.settleMs,
    onSettled: takeCase,
    onMissed: () => leftOut.tell('there are too many cases at once'),
  })

  function takeCase({ at, case: found }: CaseEntry): void {
    const origin = { kind: 'case', case: found.id } as const
    try {
      choose({ at, origin, case: found, labels: new Map() })
    } catch (error) {
      says(`no runbook could be opened for ${inWords(origin)}: ${reasonOf(error)}`)
    }
  }

  function choose(happened: Happened): void {
    const { origin, case: found, labels } = happened
    const shelf = options.shelf()
    const alert = origin.kind === 'alert' ? origin.alert : null
    const match = matchOf(
      shelf.map(({ read }) => read.runbook),
      { alert, case: found },
    )
    const book = shelf.find(({ read }) => read.runbook === match?.runbook)
    if (match === null || book === undefined) return
    const { id, params } = match.runbook
    const { given, left } = filledParams(params, { case: found, labels, host: host.name })
    const about = { at: now(), origin, runbook: id, others: match.others, left }
    const admission = gate.ask({ runbook: id, target: targetOf(given, found) }, about.at)
    switch (admission.kind) {
      case 'left-out':
        keep({ ...about, did: 'left-out', run: null, why: admission.why })
        leftOut.tell(admission.why)
        return
      case 'seen-again':
        keep({ ...about, did: 'seen-again', run: admission.run, why: null })
        if (admission.run !== null) void noteAgain(admission.run, origin)
        return
      case 'begin':
        line.put(() => begin(happened.at, { book, given, about, opening: admission.opening }))
    }
  }

  async function begin(at: Instant, { book, given, about, opening }: Chosen): Promise<void> {
    const { origin, runbook, left } = about
    try {
      const withinMs = Math.max(LEAST_MS, WITHIN_MS - (now() - at))
      const { run, rested } = await options.begin({ book, given, origin, withinMs })
      opening.run = run
      looking.set(run, rested)
      keep({ ...about, did: 'opened', run, why: null })
      const notes = left.length === 0 ? '' : ` (${left.join('; ')})`
      says(`${inWords(origin)} has opened the runbook ${runbook}: ${run}${notes}`)
      await rested
      looking.delete(run)
    } catch (error) {
      const why = reasonOf(error)
      keep({ ...about, did: 'left-out', run: null, why })
      says(`the runbook ${runbook} was not opened for ${inWords(origin)}: ${why}`)
    }
  }

  async function noteAgain(run: string, origin: RunOrigin): Promise<void> {
    try {
      await looking.get(run)
      await options.noteAgain(run, origin)
    } catch (error) {
      says(`${inWords(origin)} could not be noted at ${run}: ${reasonOf(error)}`)
    }
  }

  function keep(triggered: Triggered): void {
    kept.unshift(triggered)
    kept.splice(MOST_KEPT)
  }

  async function takeAlert(alert: KeptAlert): Promise<void> {
    const { fingerprint, labels, state } = alert
    const at = now()
    // What befell another container at the same time is not what it is about.
    const about = namesItsCase(labels) ? alert.case : null
    const isHere =
      (labels['host'] ?? host.name) === host.name && (about?.host.id ?? host.id) === host.id
    if (state !== 'firing' || !isHere) return
    const id = about?.id ?? null
    const name = labels['alertname'] ?? fingerprint
    try {
      choose({
        at,
        origin: { kind: 'alert', alert: name, fingerprint, case: id },
        case: id === null ? null : await options.caseOf(id),
        labels: new Map(Object.entries(labels)),
      })
    } catch (error) {
      says(`no runbook could be opened for the alert ${name}: ${reasonOf(error)}`)
    }
  }

  return {
    takeCase: cases.take,
    async takeAlerts(alerts) {
      for (const alert of alerts) await takeAlert(alert)
    },
    lately: () => kept,
    stop() {
      cases.stop()
      leftOut.stop()
      line.stop()
    },
  }
}

interface Chosen extends Pick<TriggeredRun, 'book' | 'given'> {
  about: Omit<Triggered, 'did' | 'run' | 'why'>
  opening: Opening
}

/** Whatever is wrong with a runbook, the server goes on. */
function reasonOf(error: unknown): string {
  return error instanceof StellaError ? error.message : `a fault: ${String(error)}`
}

function inWords(origin: RunOrigin): string {
  switch (origin.kind) {
    case 'case':
      return `the case ${origin.case}`
    case 'alert':
      return `the alert ${origin.alert}`
    case 'person':
      return 'somebody'
  }
}
