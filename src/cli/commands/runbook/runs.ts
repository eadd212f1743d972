import { isWorkedOn, recordedRuns } from '../../../app/runbooks/recorded-runs.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import { runDocument } from '../../../runbooks/report/run-document.ts'
import { toldRun } from '../../../runbooks/report/told-run.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { print } from '../scanner/print.ts'
import { folderOf } from './run-flags.ts'
import type { DataFlags } from './run-flags.ts'

const MOST_RUNS = 100

/** `stella runbook runs`. */
export function listRuns(this: CliContext, flags: DataFlags): void {
  const folder = folderOf(this, flags)
  const runs = recordedRuns(folder, MOST_RUNS).flatMap(({ id, events, broken }) => {
    const told = toldRun(id, events, broken)
    return told === null ? [] : runDocument(told, () => isWorkedOn(folder, told))
  })
  const rows = runs.map(({ run, runbook, state, begunAt, by, verdict, waits, broken }) => [
    run,
    runbook.id,
    localTime(Date.parse(begunAt)),
    by,
    broken === null
      ? (verdict ?? (waits === null ? state : `waits at ${waits.step}`))
      : 'journal broken',
  ])
  print(this.io, flags, {
    document: {
      /** What `stella runbook runs --json` prints. */
      schema: 'stella.runbook-runs/1',
      runs: runs.map(({ run, runbook, state, begunAt, endedAt, by, verdict, waits, broken }) => ({
        run,
        runbook: runbook.id,
        state,
        begunAt,
        endedAt,
        by,
        verdict,
        waits,
        broken,
      })),
    },
    lines:
      rows.length === 0
        ? ['No runbook was run yet.']
        : textTable(
            ['Run', 'Runbook', 'Begun', 'By', 'State'],
            rows.map((row) => row.map(printable)),
          ),
    quiet: runs.map(({ run }) => run),
  })
}
