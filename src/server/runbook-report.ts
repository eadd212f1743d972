/** The report of a run, as `stella runbook report` prints it, to be kept elsewhere. */
import * as z from 'zod/mini'
import { htmlReport } from '../runbooks/report/html.ts'
import { markdownReport } from '../runbooks/report/markdown.ts'
import { NO_SUCH_THING, readInput } from './route.ts'
import type { Route } from './route.ts'
import { ReportQuery } from './runbook-wanted.ts'

export const reportCall: Route = {
  method: 'get',
  path: '/api/runs/:id/report',
  summary: 'The report of a run, in Markdown or as HTML (text/html), to be kept elsewhere',
  input: ReportQuery,
  output: z.string(),
  mediaType: 'text/markdown',
  async answer({ runbooks }, { input, path: { id = '' } }) {
    const read = readInput(ReportQuery, input)
    if (!read.ok) return read.answer
    const told = runbooks.run(id)
    if (told === null) return NO_SUCH_THING
    const markdown = markdownReport(told)
    return read.data.format === 'html'
      ? {
          status: 200,
          text: htmlReport(told.runbook.title, markdown),
          mediaType: 'text/html; charset=utf-8',
          name: `${told.run}.html`,
        }
      : {
          status: 200,
          text: `${markdown}\n`,
          mediaType: 'text/markdown; charset=utf-8',
          name: `${told.run}.md`,
        }
  },
}
