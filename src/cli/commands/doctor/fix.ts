/** `stella doctor fix`: what stella itself can mend of what is wrong. */
import { setTimeout as pause } from 'node:timers/promises'
import type { CheckResult } from '../../../doctor/examine.ts'
import { scannerDriver } from '../../../doctor/mending/scanner.ts'
import { EXIT, StellaError, usageError } from '../../../model/errors.ts'
import type { ExitCode } from '../../../model/errors.ts'
import type { ChangePlan } from '../../../model/fix.ts'
import type { Driver } from '../../../remedy/driver.ts'
import { asRoot } from '../../../sources/host/as-root.ts'
import { asking } from '../../asking.ts'
import type { Choice } from '../../asking.ts'
import type { CliContext, CliIo } from '../../context.ts'
import type { FixDesk } from '../../engine.ts'
import { fixDesk } from '../../fix-desk.ts'
import { scannerName, userName } from '../../scanner-desk.ts'
import type { OpenDesk } from '../../scanner-desk.ts'
import { doctorDocument } from '../../../doctor/document.ts'
import type { DoctorFlags } from './flags.ts'
import { printMendings } from './fix-answer.ts'
import { asksFor, mendingsOf, subjectOf } from './mendings.ts'
import type { Mending, MendingState } from './mendings.ts'
import { visiting } from './patient.ts'
import type { Visit } from './patient.ts'
import { undoMending } from './undo.ts'

export async function doctorFix(context: CliContext, flags: DoctorFlags): Promise<void> {
  refuseContradictions(flags)
  if (flags.undo !== undefined) return undoMending(context, flags, flags.undo)
  await visiting(context.io, flags, async (visit) => {
    const results = await visit.examine(visit.checks)
    const desk = fixDesk(visit.dataFolder, {
      more: driversFor(context.io, flags, visit.scanner),
    })
    const found = await mendingsOf(results, desk)
    const isPlan = flags.apply !== true
    const mendings = isPlan ? found : await makeAll(context, flags, { visit, desk, found })
    printMendings(context, flags, { results, mendings, isPlan })
    context.finish(exitCodeFor(results, mendings))
  })
}

function refuseContradictions({ apply, yes, undo, force, check, format }: DoctorFlags): void {
  if (apply === true && undo !== undefined) {
    throw usageError('--apply and --undo exclude each other', null, 'choose one of them')
  }
  if (yes === true && apply !== true) {
    throw usageError('has a meaning with --apply alone', '--yes', 'leave it out')
  }
  if (force === true && undo === undefined) {
    throw usageError('has a meaning with --undo alone', '--force', 'leave it out')
  }
  if (check !== undefined && undo !== undefined) {
    throw usageError('has no meaning with --undo', '--check', 'leave it out')
  }
  if (format === 'table' || format === 'markdown') {
    throw usageError('a plan is told as text or JSON', '--format', 'leave it out, or say --json')
  }
}

/** The scanner has to be opened before it can be changed. */
function driversFor(io: CliIo, flags: DoctorFlags, scanner: OpenDesk | null): readonly Driver[] {
  if (scanner === null) return []
  return [scannerDriver({ at: scannerName(io, flags), desk: scanner.desk, by: userName() })]
}

interface Work {
  visit: Visit
  desk: FixDesk
}

/** One after the other, so that each finds the world as the one before has left it. */
async function makeAll(
  context: CliContext,
  flags: DoctorFlags,
  { found, ...work }: Work & { found: readonly Mending[] },
): Promise<readonly Mending[]> {
  const { io } = context
  const isAsking = io.terminal !== null && flags.yes !== true && flags.json !== true
  const person = isAsking ? asking(io) : null
  const ended: Mending[] = []
  let isLeaving = false
  try {
    for (const mending of found) {
      const { state } = mending
      if (state.kind !== 'planned') {
        ended.push(mending)
        continue
      }
      const { plan } = state
      const refusal = refusalOf(plan, mending, work.visit)
      if (refusal !== null) {
        ended.push({ ...mending, state: { kind: 'refused', plan, error: refusal } })
        continue
      }
      const answer: Choice = isLeaving ? 'no' : ((await person?.whether(`${plan.title}?`)) ?? 'yes')
      isLeaving ||= answer === 'quit'
      const next: MendingState =
        answer === 'yes' ? await make(io, { ...work, mending, plan }) : { kind: 'declined', plan }
      ended.push({ ...mending, state: next })
    }
  } finally {
    await person?.close()
  }
  return ended
}

/** What would fail half-way is not begun. */
function refusalOf(plan: ChangePlan, { result }: Mending, { userId }: Visit): StellaError | null {
  if (plan.platform !== 'host' || userId === 0) return null
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: 'settings of the kernel are changed by root alone',
    todo: asRoot(`doctor fix --check ${result.check.id} --apply`),
  })
}

async function make(
  { terminal, err }: CliIo,
  { visit, desk, mending, plan }: Work & { mending: Mending; plan: ChangePlan },
): Promise<MendingState> {
  const { result, mend } = mending
  try {
    const text = `${JSON.stringify(doctorDocument([result]), null, 2)}\n`
    const record = await desk.apply(
      {
        ...{ plan, change: mend.change, subject: subjectOf(mend), caseId: null },
        remedyId: result.check.id,
        layer: mend.target.kind === 'host' ? 'kernel' : 'app',
        evidence: [{ name: 'check.json', text }],
      },
      { onStep: (says) => (terminal === null ? undefined : err(`${says} …\n`)) },
    )
    if (record.state !== 'applied') {
      return { kind: 'made', plan, record, after: null, helped: false }
    }
    const after = await lookAgain(visit, mending)
    return { kind: 'made', plan, record, after, helped: !asksFor(after, mend) }
  } catch (error) {
    if (error instanceof StellaError) return { kind: 'refused', plan, error }
    throw error
  }
}

const PATIENCE_MS = 90_000
const PAUSE_MS = 500

/** Workers that are started again end their jobs first; all else is at once. */
async function lookAgain(visit: Visit, { result, mend }: Mending): Promise<CheckResult> {
  const { change } = mend
  const takesTime = change.kind === 'scanner' && change.acts.some(({ kind }) => kind === 'restart')
  const until = performance.now() + (takesTime ? PATIENCE_MS : 0)
  for (;;) {
    const [after] = await visit.examine([result.check])
    if (after === undefined) return result
    if (!asksFor(after, mend) || performance.now() >= until) return after
    await pause(PAUSE_MS)
  }
}

/** What is left for a person is no failure, as long as something could be mended. */
function exitCodeFor(results: readonly CheckResult[], mendings: readonly Mending[]): ExitCode {
  const states = mendings.map(({ state }) => state)
  if (states.some((state) => state.kind === 'made' && !state.helped)) return EXIT.bad
  const refused = states.find((state) => state.kind === 'refused')
  if (refused !== undefined) return refused.error.exitCode
  if (states.length > 0) return EXIT.ok
  if (results.some(({ problems }) => problems.length > 0)) return EXIT.bad
  return results.some(({ isOutOfReach }) => isOutOfReach) ? EXIT.unreachable : EXIT.ok
}
