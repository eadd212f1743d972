import { usageError } from '../../../model/errors.ts'
import { htmlReport } from '../../../runbooks/report/html.ts'
import { markdownReport } from '../../../runbooks/report/markdown.ts'
import type { ToldRun } from '../../../runbooks/report/told-run.ts'
import type { CliContext } from '../../context.ts'
import { writeDocument } from '../../write-document.ts'
import { folderOf } from './run-flags.ts'
import type { DataFlags } from './run-flags.ts'
import { exitCodeOf, toldOf } from './with-run-desk.ts'

export const REPORT_FORMATS = ['markdown', 'html', 'json'] as const

export interface ReportFlags extends DataFlags {
  format?: (typeof REPORT_FORMATS)[number]
  output?: string
}

/** `stella runbook report`. */
export async function reportRun(this: CliContext, flags: ReportFlags, id: string): Promise<void> {
  if (flags.json === true && flags.format !== undefined && flags.format !== 'json') {
    throw usageError(`--json and --format ${flags.format} exclude each other`, null, 'choose one')
  }
  const told = toldOf(folderOf(this, flags), id)
  const text = reportOf(told, flags.json === true ? 'json' : (flags.format ?? 'markdown'))
  if (flags.output === undefined) this.io.out(text)
  else {
    await writeDocument(
      flags.output,
      (async function* () {
        yield text
      })(),
    )
  }
  // A report is well, whatever it tells; one that cannot be trusted is not.
  if (told.broken !== null) this.finish(exitCodeOf(told))
}

function reportOf(told: ToldRun, format: (typeof REPORT_FORMATS)[number]): string {
  if (format === 'json') return `${JSON.stringify(told, null, 2)}\n`
  const markdown = markdownReport(told)
  return format === 'html' ? htmlReport(told.runbook.title, markdown) : `${markdown}\n`
}
