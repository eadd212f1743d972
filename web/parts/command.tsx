import { printableLines } from '../../src/report/printable.ts'
import { CopyButton } from './copy.tsx'

/** A command, or lines of a manifest, to be copied. What is copied is what is shown. */
export function Command({ run, what }: { run: string; what: string }) {
  const text = printableLines(run).join('\n')
  return (
    <div class="command">
      <pre tabIndex={0} role="group" aria-label={what}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  )
}
