/** What an experiment came to, for people. */
import { formatBytes } from '../../../model/bytes.ts'
import { whatFails } from '../../../pressure/ask.ts'
import { nameOf } from '../../../pressure/journal.ts'
import type { ActivityRun, PressureRecord, SteadyState } from '../../../pressure/journal.ts'
import { numberField } from '../../../parsers/json-fields.ts'
import { printable } from '../../../report/printable.ts'
import type { Paint } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'

export function recordLines({ id, left, journal }: PressureRecord, paint: Paint): string[] {
  const { before, during, after } = journal.steady_states
  const rows = [
    ['Experiment', id],
    ['Target', journal.stella.target],
    ...(journal.stella.why === null ? [] : [['Ended', journal.stella.why]]),
    ['Before', stateWords(before)],
    ['Under it', duringWords(during)],
    ...journal.run.map(({ output }) => ['', seenWords(output)]),
    ['After', stateWords(after)],
    ...journal.rollbacks.map(({ activity, status, exception }, at) => [
      at === 0 ? 'Taken back' : '',
      `${nameOf(activity)}${status === 'succeeded' ? '' : `: ${exception?.[0] ?? status}`}`,
    ]),
  ]
  return [
    headline(journal, paint),
    ...textTable(
      [],
      rows.map((row) => row.map(printable)),
    ).map((line) => `  ${line}`),
    ...(left ? ['', paint.bad(`Not all is taken back: stella pressure undo ${id}`)] : []),
  ]
}

function headline(
  { deviated, status, stella, run }: PressureRecord['journal'],
  paint: Paint,
): string {
  const of = printable(stella.target)
  if (deviated) return paint.bad(`${of} did not stay well`)
  switch (status) {
    case 'completed':
      return paint.good(`${of} stayed well`)
    case 'failed':
      return paint.bad(
        run.length === 0 ? `${of} was not well to begin with` : `${of} cannot get along with that`,
      )
    case 'aborted':
      return paint.bold(`The experiment with ${of} was ended before it showed anything`)
    case 'interrupted':
      return paint.bold(`The experiment with ${of} was interrupted`)
    case null:
      return paint.bold(`The experiment with ${of} runs`)
  }
}

function stateWords(state: SteadyState | null): string {
  if (state === null) return 'not asked'
  return whatFails(state) ?? 'all holds'
}

function duringWords(states: readonly SteadyState[]): string {
  if (states.length === 0) return 'not asked'
  const failed = states.map(whatFails).find((each) => each !== null)
  return failed ?? `all held, asked ${states.length} times`
}

function seenWords(output: ActivityRun['output']): string {
  const words: readonly (readonly [string, (value: number) => string])[] = [
    ['heldBytes', (bytes) => `${formatBytes(bytes)} were held`],
    ['limitBytes', (bytes) => `its limit was ${formatBytes(bytes)}`],
    ['peakUsageBytes', (bytes) => `it used ${formatBytes(bytes)} at most`],
    ['limitHits', (times) => `its limit was reached ${times} times`],
  ]
  return words
    .flatMap(([key, say]) => {
      const value = numberField(output, key)
      return value === null ? [] : [say(value)]
    })
    .join(', ')
}
