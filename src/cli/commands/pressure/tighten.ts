import { formatBytes } from '../../../model/bytes.ts'
import { EXIT } from '../../../model/errors.ts'
import { planTightening } from '../../../pressure/tighten/plan.ts'
import type { TightenPlan, TightenWish } from '../../../pressure/tighten/plan.ts'
import { tighten } from '../../../pressure/tighten/tighten.ts'
import type { Tightened, TightenStep } from '../../../pressure/tighten/tighten.ts'
import { printable } from '../../../report/printable.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import type { Paint } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'
import { parseTarget } from '../../target.ts'
import { pauseUntil, untilSignal } from '../../until-signal.ts'
import { print } from '../scanner/print.ts'
import { deskOf } from './desk.ts'
import type { GuardFlags } from './flags.ts'
import { planDocument } from './plan-text.ts'
import { ENDS_THE_EXPERIMENT, guardsOf } from './run.ts'

export interface TightenFlags extends GuardFlags {
  /** Milliseconds. */
  ramp?: number
  /** Milliseconds. */
  hold?: number
  /** Bytes. */
  precision?: number
}

const RAMP_MS = 2_000
const HOLD_MS = 10_000

/** `stella pressure tighten TARGET`. */
export async function tightenLimit(
  this: CliContext,
  flags: TightenFlags,
  named: string,
): Promise<void> {
  const wish: TightenWish = {
    title: null,
    description: 'Which is the smallest limit under which it stays well?',
    phases: { rampMs: flags.ramp ?? RAMP_MS, holdMs: flags.hold ?? HOLD_MS },
    precisionBytes: flags.precision ?? null,
    ...guardsOf(flags),
  }
  const desk = await deskOf(this, flags)
  const target = parseTarget(named)
  const plan = planTightening(await desk.see(named, target), wish)
  if (flags.apply !== true) return printPlan(this, flags, plan)
  this.io.mayGoUnread()
  const isTold = flags.json !== true && flags.quiet !== true
  const found = await untilSignal(
    (signal) =>
      tighten(plan, wish, {
        see: () => desk.see(named, target),
        run: (step) => desk.run(step, { onSays: () => undefined, signal }),
        wait: (milliseconds) => pauseUntil(milliseconds, signal),
        onStep: (step) => {
          if (isTold) this.io.err(`${printable(stepWords(step).join(', '))}\n`)
        },
        signal,
      }),
    ENDS_THE_EXPERIMENT,
  )
  printFound(this, flags, plan, found)
}

function printPlan(context: CliContext, flags: TightenFlags, plan: TightenPlan): void {
  const { bracket, first, precisionBytes, mostSteps } = plan
  const { probes, phases } = first.experiment
  const seconds = Math.ceil((mostSteps * (phases.rampMs + phases.holdMs)) / 1_000)
  print(context.io, flags, {
    document: {
      /** What `stella pressure tighten --json` prints: the limits that would be tried. */
      schema: 'stella.tighten/1',
      applied: false,
      presentBytes: bracket.passesBytes,
      floorBytes: bracket.failsBytes,
      precisionBytes,
      mostSteps,
      plan: planDocument(first),
    },
    lines: [
      `Tries limits of ${printable(first.subject.named)} between ${formatBytes(bracket.failsBytes)}, which it holds for good, and its ${formatBytes(bracket.passesBytes)}:`,
      `${mostSteps} at most, about ${seconds} s, until ${formatBytes(precisionBytes)} are left to be known. Each is put back.`,
      `What is too tight may kill it: that is how it shows. It has to get well by itself after that.`,
      ...probes.map(({ name }) => `  passes where ${printable(name)}`),
      ...(probes.length > 2
        ? []
        : ['Without a probe nothing but a kill shows that it is too tight.']),
      '',
      'Nothing is done yet. The same with --apply does it.',
    ],
    quiet: [String(bracket.passesBytes)],
  })
}

function printFound(
  context: CliContext,
  flags: TightenFlags,
  { bracket: first }: TightenPlan,
  { bracket, steps, isFound, why, left }: Tightened,
): void {
  const hasFailed = steps.some(({ outcome }) => outcome !== 'passed' && outcome !== 'not-decided')
  print(context.io, flags, {
    document: {
      /** With `--apply`: the least limit that was found. */
      schema: 'stella.tighten/1',
      applied: true,
      presentBytes: first.passesBytes,
      floorBytes: first.failsBytes,
      passedBytes: bracket.passesBytes,
      failedBytes: hasFailed ? bracket.failsBytes : null,
      isFound,
      why,
      left,
      steps,
    },
    lines: foundLines(
      { bracket, steps, isFound, why, left },
      hasFailed,
      paintFor(context.io, flags.noColor ?? false),
    ),
    quiet: [String(bracket.passesBytes)],
  })
  context.finish(left ? EXIT.bad : isFound ? EXIT.ok : EXIT.inconclusive)
}

function foundLines(
  { bracket, steps, isFound, why, left }: Tightened,
  hasFailed: boolean,
  paint: Paint,
): string[] {
  const { passesBytes, failsBytes } = bracket
  const best = `${formatBytes(passesBytes)} (${passesBytes} bytes)`
  const headline = isFound
    ? `The smallest limit that passes is ${best}`
    : `It passes with ${best}; whether less would do is not known: ${printable(why ?? 'it was ended')}`
  return [
    isFound ? paint.good(headline) : paint.bold(headline),
    ...(hasFailed ? [`${formatBytes(failsBytes)} does not pass`] : []),
    ...textTable(
      ['Limit', 'Outcome', 'Why', 'Experiment'],
      steps.map((step) => stepWords(step).map(printable)),
    ).map((line) => `  ${line}`),
    'It holds for the load of now, and has no headroom: stella size says what it should have.',
    ...(left ? [paint.bad('Not all is taken back: stella pressure undo')] : []),
  ]
}

const OUTCOMES = {
  passed: 'passes',
  failed: 'does not pass',
  'too-tight': 'not tried',
  'not-decided': 'not decided',
} as const satisfies Record<TightenStep['outcome'], string>

function stepWords({ limitBytes, outcome, why, experiment }: TightenStep): string[] {
  return [formatBytes(limitBytes), OUTCOMES[outcome], why ?? '', experiment ?? '']
}
