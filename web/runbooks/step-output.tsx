import { quote } from '../../src/advice/shell.ts'
import { printable, printableLines } from '../../src/report/printable.ts'
import { counted, span } from '../words/time.ts'
import type { CommandDocument, StepDocument } from './documents.ts'
import { linesThatMatter } from './standing.ts'

/** As somebody would type it. */
export function typed({ argv }: Pick<CommandDocument, 'argv'>): string {
  return argv.map((words) => words.map(quote).join(' ')).join(' | ')
}

/** What a step has shown: first what matters of it, then everything, folded. */
export function StepOutput({ step }: { step: StepDocument }) {
  const lines = linesThatMatter(step)
  const captures = Object.entries(step.captures)
  return (
    <>
      {captures.length === 0 ? null : (
        <dl class="captures">
          {captures.map(([name, value]) => (
            <div key={name}>
              <dt>{printable(name)}</dt>
              <dd>{printable(String(value))}</dd>
            </div>
          ))}
        </dl>
      )}
      {lines.length === 0 ? null : (
        <pre class="raw matters" tabIndex={0} role="group" aria-label={`What matters: ${step.id}`}>
          {lines.map(printable).join('\n')}
        </pre>
      )}
      {step.commands.map((command, at) => (
        <Output key={at} command={command} of={step.commands.length > 1 ? at + 1 : null} />
      ))}
    </>
  )
}

export function Output({ command, of }: { command: CommandDocument; of: number | null }) {
  const { exit, says, output, ms } = command
  const lines = printableLines(output.trimEnd())
  const isEmpty = output.trim() === ''
  const how = [
    exit === null ? printable(says ?? 'it did not end') : `exit ${exit}`,
    span(ms / 1_000),
    isEmpty ? 'it wrote nothing' : counted(lines.length, 'line'),
  ].join(', ')
  const name = of === null ? 'Output' : `Output of command ${of}`
  if (isEmpty) {
    return (
      <p class="faint step-end">
        {name}: {how}
      </p>
    )
  }
  return (
    <details class="evidence">
      <summary>
        {name} <span class="faint">({how})</span>
      </summary>
      <pre class="raw" tabIndex={0} role="group" aria-label={`${name} of ${typed(command)}`}>
        {lines.join('\n')}
      </pre>
    </details>
  )
}
