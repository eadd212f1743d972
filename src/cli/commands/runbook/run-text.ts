/** What happens in a run, as lines for people. */
import { printable } from '../../../report/printable.ts'
import type { ToldRun } from '../../../runbooks/report/told-run.ts'
import type { EventOf, RunEvent } from '../../../runbooks/run/event.ts'
import type { Paint } from '../../render/paint.ts'

/** Of what a command wrote, where it is not well. */
const MOST_LINES = 8

export function eventLines(event: RunEvent, paint: Paint): readonly string[] {
  switch (event.kind) {
    case 'begun':
      return [paint.bold(printable(event.runbook.title)), `  ${paint.dim(`plan ${event.plan}`)}`]
    case 'step-ended':
      return stepLines(event, paint)
    case 'undo-ended': {
      const says = event.isDone ? 'undone' : paint.bad('not undone')
      return [`  ${says}  ${event.step}${event.why === null ? '' : `: ${printable(event.why)}`}`]
    }
    case 'change-begun':
      return event.argv.map(
        (programs) => `  $ ${printable(programs.map((words) => words.join(' ')).join(' | '))}`,
      )
    case 'resumed':
    case 'approved':
    case 'step-begun':
    case 'started':
    case 'outlived':
    case 'undo-begun':
    case 'seen-again':
    case 'left':
    case 'waits':
    case 'ended':
      return []
  }
}

function stepLines(
  { step, state, why, commands, captures, seen }: EventOf<'step-ended'>,
  paint: Paint,
): readonly string[] {
  const isBad = state === 'problem' || state === 'failed' || state === 'refused'
  const shown = state.padEnd(8)
  const values = Object.entries(captures).map(([name, value]) => `${name} ${String(value)}`)
  const output = isBad
    ? (commands.at(-1)?.output.trimEnd().split('\n').slice(-MOST_LINES) ?? [])
    : seen.slice(0, MOST_LINES)
  return [
    `  ${isBad ? paint.bad(shown) : shown}  ${step}${why === null ? '' : `: ${printable(why)}`}`,
    ...(values.length === 0 ? [] : [`            ${printable(values.join(', '))}`]),
    ...output
      .filter((line) => line !== '')
      .map((line) => `            ${paint.dim(printable(line))}`),
  ]
}

/** What it came to, and what can be done now. */
export function endLines({ run, verdict, why, waits, plan, steps }: ToldRun): readonly string[] {
  const next = `stella runbook resume ${run}`
  const undo = steps.some(({ state, kind }) => kind === 'change' && state === 'ok')
  return [
    '',
    ...(verdict === null ? [] : [`${verdict}: ${printable(why ?? '')}`]),
    ...(waits === null
      ? []
      : [
          `It waits at '${waits.step}': ${printable(waits.why)}`,
          ...(waits.stillRuns
            ? [`  wait:    ${next} --wait`, `  kill it: ${next} --kill`]
            : [`  go on:   ${next} --approve ${plan}`]),
        ]),
    ...(verdict === 'failed' && undo ? [`  undo:    ${next} --undo`] : []),
    `  report:  stella runbook report ${run}`,
  ]
}
