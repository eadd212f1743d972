import { caseDocument } from '../investigate/case-document.ts'
import type { Case } from '../model/case.ts'
import type { CliIo } from './context.ts'
import { markdownReport } from '../report/markdown.ts'
import type { CaseRun } from '../runbooks/report/case-run.ts'
import { paintFor } from './render/paint.ts'
import { textReport } from './render/text.ts'
import { reportWidth } from './render/width.ts'

export interface PrintOptions {
  json?: boolean
  markdown?: boolean
  quiet?: boolean
  noColor?: boolean
  /** A list was asked for, so that one case stands in a list too. */
  all?: boolean
  /** Runs of runbooks that a case has. */
  runsOf?: (found: Case) => readonly CaseRun[]
}

/** Prints redacted cases in the form the flags ask for. `unknown` is shown where there is no case to tell it. */
export function printCases(
  io: CliIo,
  cases: readonly Case[],
  unknown: readonly string[],
  options: PrintOptions,
): void {
  if (options.json === true) {
    const [only] = cases
    const single = cases.length === 1 && options.all !== true && only !== undefined
    const documentOf = (found: Case): object => {
      const runs = options.runsOf?.(found) ?? []
      return { ...caseDocument(found), ...(runs.length === 0 ? {} : { runs }) }
    }
    const document = single
      ? documentOf(only)
      : { schema: 'stella.cases/1', cases: cases.map(documentOf), unknown }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  if (options.markdown === true) {
    io.out(markdownReport(cases, unknown))
    return
  }
  const width = reportWidth(io)
  const paint = paintFor(io, options.noColor ?? false)
  const { runsOf, quiet = false } = options
  io.out(textReport(cases, unknown, { width, paint, quiet, runsOf }))
}
