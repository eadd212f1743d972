/** Runs of runbooks that `stella serve` works on: each goes by itself, and waits for what somebody sends. */
import { setTimeout as pause } from 'node:timers/promises'
import { REDACTED } from '../../evidence/redacted.ts'
import { refusedError } from '../../model/errors.ts'
import type { RunDesk } from '../../runbooks/run/desk.ts'
import type { RunEvent, RunOrigin } from '../../runbooks/run/event.ts'
import { runPipeline } from '../../runbooks/run/pipeline.ts'
import type { RunPipeline } from '../../runbooks/run/pipeline.ts'
import { remotePerson } from '../../runbooks/run/remote-person.ts'
import type { SentAnswer } from '../../runbooks/run/remote-person.ts'
import { mayApprove, refuseOtherUser } from '../../runbooks/run/who.ts'
import type { Who } from '../../runbooks/run/who.ts'
import type { Runbook } from '../../model/runbook.ts'
import { errorMessage } from '../../model/error-message.ts'
import type { ResumeAsked, UndoAsked } from '../../server/runbook-desk.ts'
import { noSuchRun } from '../../store/runs.ts'
import { isApproval, refuseWrongAnswers } from './answers.ts'
import { liveDesk, runEnv } from './live-desk.ts'
import { toldRunOf } from './recorded-runs.ts'
import { beginRun } from './begin-run.ts'
import { goOnWithRun } from './resume-run.ts'
import type { GoingRun } from './going-run.ts'
import type { ResumeOrder } from './resume-run.ts'
import type { OpenedRunbook } from './shelf.ts'

export interface BeginOrder {
  runbook: OpenedRunbook
  given: ReadonlyMap<string, string>
  /** As it is written down. */
  by: string
  origin: RunOrigin
  onlyChecks: boolean
  /** The deep diagnosis, too. */
  deep?: boolean
  /** How long what only looks may take in all; null: as long as each step may. */
  withinMs: number | null
}

export interface RunService {
  /**
   * Begins a run that nobody has approved anything of: it looks, and waits before the first change. Gives its id as soon as it
   * is written down.
   *
   * @throws StellaError (usage) where a value is none of its type; with `refusal` where another one works on it, or too many go on
   */
  begin(order: BeginOrder): Promise<string>
  /** Resolves when nobody here works on it any more: it has ended, or waits. */
  rested(id: string): Promise<void>
  /** @throws StellaError as {@link goOnWithRun}, and where they may not approve it */
  resume(id: string, order: ResumeAsked): Promise<void>
  /** Takes its changes back. @throws StellaError as {@link resume} */
  undo(id: string, order: UndoAsked): Promise<void>
  /**
   * It waits then, as soon as a change that has begun has come to its end; who stops it once more cuts that off, too.
   *
   * @throws StellaError where nobody here works on it
   */
  stop(id: string, who: Who): void
  /** Interrupts all of them; they can be gone on with. */
  close(): Promise<void>
}

export interface RunServiceOptions {
  dataFolder: string
  now(): number
  env: RunDesk['env']
  /** By its id; null: it is not on the shelf. */
  find(id: string): OpenedRunbook | null
  /** What no journal and nobody may ever see. */
  secrets: readonly string[]
  onEvent(run: string, event: RunEvent): void
  onSays(says: string): void
}

/** Each may start programs that need memory of their own. */
const MOST_AT_A_TIME = 4
/** A change that has begun may come to its end, within what whoever ends a container allows (ten seconds). */
const CHANGE_MS = 7_000
/** What takes a change back is never cut off; it is not waited for longer than this. */
const LAST_MS = 1_000
/** What they answer, and where they stop, becomes part of what is done. */
const RESUME = 'stella runbook resume'

interface Going {
  leaving: AbortController
  cutting: AbortController
  over: Promise<void>
}

export function createRunService(options: RunServiceOptions): RunService {
  const { dataFolder, onSays } = options
  const going = new Map<string, Going>()
  let beginning = 0
  let isClosing = false

  async function work(
    { by, answers }: { by: string; answers: ReadonlyMap<string, SentAnswer> },
    start: (desk: RunDesk) => Promise<GoingRun>,
  ): Promise<string> {
    if (isClosing) throw refusedError('busy', 'the server ends', null, 'try again in a moment')
    if (going.size + beginning >= MOST_AT_A_TIME) {
      const what = `${MOST_AT_A_TIME} runs go on at the moment, which is as many as may`
      throw refusedError('busy', what, null, 'try again when one of them has ended or waits')
    }
    const leaving = new AbortController()
    const cutting = new AbortController()
    beginning++
    try {
      const signals = { signal: leaving.signal, endsChange: cutting.signal }
      const { id, over } = await start(deskFor(by, answers, signals))
      going.set(id, { leaving, cutting, over: ended(id, over) })
      if (isClosing) leaving.abort()
      return id
    } finally {
      beginning--
    }
  }

  async function allOver(withinMs: number): Promise<void> {
    const late = new AbortController()
    const all = Promise.all([...going.values()].map(({ over }) => over))
    const patience = pause(withinMs, undefined, { signal: late.signal }).catch(() => undefined)
    await Promise.race([all, patience])
    late.abort()
  }

  async function ended(id: string, over: Promise<void>): Promise<void> {
    try {
      await over
    } catch (error) {
      onSays(`the run ${id} stopped: ${errorMessage(error)}`)
    } finally {
      going.delete(id)
    }
  }

  function deskFor(
    by: string,
    answers: ReadonlyMap<string, SentAnswer>,
    signals: Pick<RunDesk, 'signal' | 'endsChange'>,
  ): RunDesk {
    const desk = liveDesk({
      now: options.now,
      by,
      env: runEnv(options.env, dataFolder),
      ...signals,
      told: (event, run) => options.onEvent(run, event),
      person: remotePerson(answers),
    })
    return { ...desk, run: withoutSecrets(runPipeline, options.secrets) }
  }

  /** The runbook that a run began with, as it is now. @throws StellaError with `refusal` */
  function runbookOf(id: string): Runbook {
    const told = toldRunOf(dataFolder, id)
    if (told === null) throw noSuchRun(id)
    const found = options.find(told.runbook.id)
    if (found !== null) return found.read.runbook
    throw refusedError(
      'conflict',
      'its runbook is not on the shelf of this server',
      told.runbook.path,
      `go on with it where it was begun: stella runbook resume ${id}`,
    )
  }

  function goOn(
    id: string,
    runbook: Runbook,
    {
      answers,
      who,
      ...order
    }: Pick<ResumeOrder, 'given' | 'approval' | 'ofPlan' | 'undo'> & UndoAsked,
  ): Promise<string> {
    return work({ by: who.by, answers }, (desk) =>
      goOnWithRun(dataFolder, { ...order, id, open: () => runbook, rebase: false }, desk),
    )
  }

  return {
    begin: ({ runbook, given, by, origin, onlyChecks, deep = false, withinMs }) =>
      work({ by, answers: new Map() }, (desk) =>
        beginRun(
          dataFolder,
          {
            origin,
            runbook: runbook.read.runbook,
            path: runbook.path,
            given,
            approval: { hash: null, steps: [], lowRisk: false },
            onlyChecks,
            deep,
            undoOnFailure: false,
            withinMs,
          },
          desk,
        ),
      ),
    rested: async (id) => going.get(id)?.over,
    async resume(id, { plan, steps, lowRisk, ...order }) {
      refuseOtherUser(order.who, RESUME)
      const runbook = runbookOf(id)
      refuseWrongAnswers(runbook, order.answers)
      if (isApproval(runbook, { ...order, plan, lowRisk })) refuseStranger(order.who, runbook)
      const approval = { hash: plan, steps, lowRisk }
      await goOn(id, runbook, { ...order, approval, undo: false })
    },
    async undo(id, order) {
      refuseOtherUser(order.who, RESUME)
      const runbook = runbookOf(id)
      refuseWrongAnswers(runbook, order.answers)
      refuseStranger(order.who, runbook)
      const approval = { hash: null, steps: [], lowRisk: false }
      await goOn(id, runbook, { ...order, given: new Map(), approval, undo: true })
    },
    stop(id, who) {
      refuseOtherUser(who, RESUME)
      const found = going.get(id)
      if (found !== undefined) {
        if (found.leaving.signal.aborted) found.cutting.abort()
        else found.leaving.abort(who.by)
        return
      }
      if (toldRunOf(dataFolder, id) === null) throw noSuchRun(id)
      const what = 'this server does not work on it'
      throw refusedError('conflict', what, id, 'look where it stands: stella runbook report')
    },
    async close() {
      isClosing = true
      for (const { leaving } of going.values()) leaving.abort()
      await allOver(CHANGE_MS)
      for (const { cutting } of going.values()) cutting.abort()
      await allOver(LAST_MS)
    },
  }
}

/** @throws StellaError (usage, forbidden) saying who may */
function refuseStranger(who: Who, { about: { owner } }: Runbook): void {
  if (mayApprove(who, owner)) return
  throw refusedError(
    'forbidden',
    `${who.by} may not approve changes of this runbook, nor take them back`,
    null,
    `ask somebody of ${owner}: it is theirs`,
  )
}

/** Whatever a program writes, these are in none of it. */
function withoutSecrets(run: RunPipeline, secrets: readonly string[]): RunPipeline {
  const clean = (text: string): string =>
    secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, REDACTED), text)
  return async (programs, options) => {
    const end = await run(programs, options)
    return {
      ...end,
      stdout: clean(end.stdout),
      source: clean(end.source),
      stderr: clean(end.stderr),
    }
  }
}
