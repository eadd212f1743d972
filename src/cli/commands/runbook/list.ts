import { shelf } from '../../../app/runbooks/shelf.ts'
import { localTime } from '../../../report/time.ts'
import { listedRunbook } from '../../../runbooks/report/runbook-document.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { print } from '../scanner/print.ts'
import { goodRuns } from './good-runs.ts'
import type { DataFlags } from './run-flags.ts'

/** `stella runbook list`. */
export async function listRunbooks(this: CliContext, flags: DataFlags): Promise<void> {
  const runbooks = shelf().map(({ read }) => read.runbook)
  const runs = await goodRuns(this, flags)
  print(this.io, flags, {
    document: {
      schema: 'stella.runbooks/1',
      runbooks: runbooks.map((runbook) => ({
        ...listedRunbook(runbook),
        lastSucceeded: runs.get(runbook.id) ?? null,
      })),
    },
    lines: textTable(
      ['Runbook', 'Title', 'Ended well'],
      runbooks.map(({ id, title }) => {
        const at = runs.get(id)
        return [id, title, at === undefined ? 'never' : localTime(Date.parse(at))]
      }),
    ),
    quiet: runbooks.map(({ id }) => id),
  })
}
