import { EXIT, type ExitCode, usageError } from '../../../model/errors.ts'
import type { HypothesisProbe } from '../../../pressure/experiment.ts'
import type { PressureRecord } from '../../../pressure/journal.ts'
import { planExperiment } from '../../../pressure/plan.ts'
import type { PressurePlan, Wish } from '../../../pressure/plan.ts'
import { readExperiment, USUAL_PHASES } from '../../../pressure/read-experiment.ts'
import { printable } from '../../../report/printable.ts'
import type { Probe } from '../../../verification/probe.ts'
import type { CliContext } from '../../context.ts'
import type { ExperimentDesk } from '../../engine.ts'
import { probesOf } from '../../probe-flags.ts'
import { paintFor } from '../../render/paint.ts'
import { parseTarget } from '../../target.ts'
import { LEFT, untilSignal } from '../../until-signal.ts'
import type { SignalOptions } from '../../until-signal.ts'
import { print } from '../scanner/print.ts'
import { placeOf, readWhole } from '../simulate/read-text.ts'
import { deskOf } from './desk.ts'
import type { GuardFlags, RunFlags } from './flags.ts'
import { planDocument, planLines } from './plan-text.ts'
import { recordLines } from './record-text.ts'

/** Whatever asks for the end ends the experiment first. */
export const ENDS_THE_EXPERIMENT: SignalOptions = { signals: LEFT, second: 'waits' }

/** `stella pressure TARGET`. */
export async function runPressure(
  this: CliContext,
  flags: RunFlags,
  given?: string,
): Promise<void> {
  const { named, wish } = await asked(this, flags, given ?? null)
  const desk = await deskOf(this, flags)
  const plan = planExperiment(await desk.see(named, parseTarget(named)), wish)
  const paint = paintFor(this.io, flags.noColor ?? false)
  if (flags.apply !== true) {
    print(this.io, flags, {
      document: {
        /** What `stella pressure TARGET --json` prints: the experiment that would be made. */
        schema: 'stella.pressure/1',
        applied: false,
        plan: planDocument(plan),
      },
      lines: planLines(plan, paint),
      quiet: [plan.experiment.title],
    })
    return
  }
  const record = await carryOut(this, flags, desk, plan)
  print(this.io, flags, {
    document: {
      /** With `--apply`: the experiment that was made. */
      schema: 'stella.pressure/1',
      applied: true,
      plan: planDocument(plan),
      id: record.id,
      left: record.left,
      journal: record.journal,
    },
    lines: recordLines(record, paint),
    quiet: [`${record.id} ${wordFor(record)}`],
  })
  this.finish(exitCodeOf(record))
}

/** What is to be done to whom, from the options or from a file. */
async function asked(
  { io }: CliContext,
  flags: RunFlags,
  given: string | null,
): Promise<{ named: string; wish: Wish }> {
  if (flags.file === undefined) {
    if (given !== null) return { named: given, wish: wishOf(flags) }
    throw usageError('nothing to press is named', null, 'name a target, as in docker:web')
  }
  const { kind, size, limit, ramp, hold, placement, file } = flags
  const others = Object.entries({ kind, size, limit, ramp, hold, placement })
  const other = others.find(([, value]) => value !== undefined)?.[0]
  if (other !== undefined) {
    throw usageError('stands in the file', `--${other}`, 'leave it out, or change it there')
  }
  const { target, wish } = readExperiment(await readWhole(io, file), placeOf(file))
  const named = given ?? target
  if (named === null) {
    throw usageError(
      'names no target',
      placeOf(file),
      'name one beside it, or as target in its configuration',
    )
  }
  const { probes, hostFloorBytes, psiCeiling, consent } = guardsOf(flags)
  return {
    named,
    wish: {
      ...wish,
      probes: [...wish.probes, ...probes],
      hostFloorBytes: hostFloorBytes ?? wish.hostFloorBytes,
      psiCeiling: psiCeiling ?? wish.psiCeiling,
      consent,
    },
  }
}

function wishOf(flags: RunFlags): Wish {
  const { rampMs, holdMs } = USUAL_PHASES
  return {
    pressure: pressureOf(flags),
    title: null,
    description: null,
    phases: { rampMs: flags.ramp ?? rampMs, holdMs: flags.hold ?? holdMs },
    ...guardsOf(flags),
  }
}

/** What every kind of experiment is asked with. */
export function guardsOf(
  flags: GuardFlags,
): Pick<Wish, 'probes' | 'hostFloorBytes' | 'psiCeiling' | 'consent'> {
  return {
    probes: probesOf(flags).map(hypothesisOf),
    hostFloorBytes: flags.hostFloor ?? null,
    psiCeiling: flags.psiCeiling ?? null,
    consent: flags.iOwnThis === true,
  }
}

function hypothesisOf(probe: Probe): HypothesisProbe {
  return probe.kind === 'http'
    ? {
        name: 'it answers',
        question: { type: 'http', url: probe.url },
        tolerance: { type: 'range', range: [200, 299] },
      }
    : {
        name: 'the probe ends with 0',
        question: { type: 'command', argv: probe.argv },
        tolerance: 0,
      }
}

function pressureOf({ kind, size, limit, placement }: RunFlags): Wish['pressure'] {
  if (limit !== undefined) {
    const other = { '--kind': kind, '--size': size, '--placement': placement }
    const named = Object.entries(other).find(([, value]) => value !== undefined)?.[0]
    if (named === undefined) return { kind: 'limit', amount: limit }
    throw usageError('takes memory, and --limit takes none', named, 'leave one of them out')
  }
  if (size !== undefined) {
    return {
      kind: 'memory',
      memory: kind ?? 'anonymous',
      amount: size,
      placement: placement ?? null,
    }
  }
  throw usageError(
    'nothing says how much pressure there shall be',
    null,
    'give --size 25%, --limit 70%, or --file FILE',
  )
}

/** Carries a plan out, and tells how it goes. */
export function carryOut(
  { io }: CliContext,
  flags: GuardFlags,
  desk: ExperimentDesk,
  plan: PressurePlan,
): Promise<PressureRecord> {
  io.mayGoUnread()
  const isTold = flags.json !== true && flags.quiet !== true
  const onSays = (says: string): void => {
    if (isTold) io.err(`${printable(says)}\n`)
  }
  return untilSignal((signal) => desk.run(plan, { onSays, signal }), ENDS_THE_EXPERIMENT)
}

export function wordFor({ journal }: PressureRecord): string {
  return journal.deviated ? 'deviated' : (journal.status ?? 'runs')
}

export function exitCodeOf({ left, journal }: PressureRecord): ExitCode {
  if (left || journal.deviated || journal.status === 'failed') return EXIT.bad
  return journal.status === 'completed' ? EXIT.ok : EXIT.inconclusive
}
