import { openRunbook } from '../../../app/runbooks/shelf.ts'
import type { Runbook, Step } from '../../../model/runbook.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import { runbookDocument } from '../../../runbooks/report/runbook-document.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import type { Paint } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import { goodRuns } from './good-runs.ts'
import type { DataFlags } from './run-flags.ts'

/** `stella runbook show`. */
export async function showRunbook(this: CliContext, flags: DataFlags, name: string): Promise<void> {
  const { read } = openRunbook(name)
  const { runbook, problems } = read
  const last = (await goodRuns(this, flags)).get(runbook.id)
  const paint = paintFor(this.io, flags.noColor ?? false)
  print(this.io, flags, {
    document: {
      ...runbookDocument(read),
      /** A runbook with its steps: what `stella runbook show --json` prints, and the API answers. */
      schema: 'stella.runbook/1' as const,
      /** When a run of it ended well; null: none did. */
      lastSucceeded: last ?? null,
    },
    lines: [
      paint.bold(printable(runbook.title)),
      ...aboutLines(runbook),
      ...(last === undefined
        ? []
        : [`  ${'Ended well'.padEnd(10)}  ${localTime(Date.parse(last))}`]),
      ...problems.map(({ line, says }) => paint.bad(`line ${line}: ${printable(says)}`)),
      ...runbook.steps.flatMap((step, at) => [
        ...(step.phase === runbook.steps[at - 1]?.phase ? [] : ['', paint.bold(heading(step))]),
        ...stepLines(step, paint),
      ]),
    ],
    quiet: runbook.steps.map(({ id }) => id),
  })
}

function aboutLines({ id, about, params, repairs }: Runbook): readonly string[] {
  const fields = [
    ['Id', id],
    ['Component', about.component],
    ['Severity', about.severity],
    ['Owner', about.owner],
    ['Updated', about.updated],
    ['Checks', about.doctorChecks.join(', ')],
    ['Alerts', about.alerts.join(', ')],
    [
      'Parameters',
      params.map(({ name, asks }) => (asks === name ? name : `${name} (${asks})`)).join('; '),
    ],
    ['Mended', repairs.join('; ')],
  ] as const
  return fields
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `  ${name.padEnd(10)}  ${printable(value ?? '')}`)
}

/** `Quick checks` */
export function heading({ phase }: Pick<Step, 'phase'>): string {
  const words = phase.replaceAll('-', ' ')
  return words[0]?.toUpperCase() + words.slice(1)
}

function stepLines({ id, kind, title, run, branch }: Step, paint: Paint): readonly string[] {
  const applies = branch === null ? [] : [`      ${paint.dim(printable(branch))}`]
  return [
    `  ${kind.padEnd(6)}  ${id}: ${printable(title.replaceAll('\n', ' '))}`,
    ...applies,
    ...run.flatMap((command) => command.split('\n')).map((line) => `      $ ${printable(line)}`),
  ]
}
