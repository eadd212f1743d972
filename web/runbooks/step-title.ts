import { printable } from '../../src/report/printable.ts'
import { capital } from '../words/capital.ts'

/** On one line, as a sentence. */
export function title({ title: text }: { title: string }): string {
  return capital(printable(text.replaceAll(/\s+/g, ' ')))
}

/** The case in which it applies, where its title does not say it already; else empty. */
export function branchOf(step: { title: string; branch: string | null }): string {
  const branch = capital(printable(step.branch ?? ''))
  return title(step).startsWith(branch) ? '' : branch
}

/** Where it stands in the page of its run. */
export function stepAnchor(id: string): string {
  return `step-${id}`
}
