import { caseDocument, casesDocument } from '../investigate/case-document.ts'
import type { Case } from '../model/case.ts'
import type { CliIo } from './context.ts'
import { markdownReport } from '../report/markdown.ts'
import type { DiedBeside } from '../report/died-beside.ts'
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
  /** Other containers of its pod that died. */
  besideOf?: (found: Case) => readonly DiedBeside[]
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
    const documentOf = (found: Case) =>
      withMore(found, options.runsOf?.(found) ?? [], options.besideOf?.(found) ?? [])
    const document = single
      ? documentOf(only)
      : { ...casesDocument([], unknown), cases: cases.map(documentOf) }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  if (options.markdown === true) {
    io.out(markdownReport(cases, unknown, options.besideOf))
    return
  }
  const width = reportWidth(io)
  const paint = paintFor(io, options.noColor ?? false)
  const { runsOf, besideOf, quiet = false } = options
  io.out(textReport(cases, unknown, { width, paint, quiet, runsOf, besideOf }))
}

function besideDocument({ at, ...rest }: DiedBeside) {
  return { ...rest, at: at === null ? null : new Date(at).toISOString() }
}

function withMore(found: Case, runs: readonly CaseRun[], beside: readonly DiedBeside[]) {
  return {
    ...caseDocument(found),
    /** A case: what `stella why --json` prints of one. */
    schema: 'stella.case/1' as const,
    ...(runs.length === 0 ? {} : { runs }),
    ...(beside.length === 0
      ? {}
      : {
          /** Other containers of the same pod that died; left out where there is none. */
          diedBeside: beside.map(besideDocument),
        }),
  }
}
