import { recordedRuns } from '../../../app/runbooks/recorded-runs.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import { toldRun } from '../../../runbooks/report/told-run.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../render/table.ts'
import { print } from '../scanner/print.ts'
import { folderOf } from './run-flags.ts'
import type { DataFlags } from './run-flags.ts'

const MOST_RUNS = 100

/** `stella runbook runs`. */
export function listRuns(this: CliContext, flags: DataFlags): void {
  const runs = recordedRuns(folderOf(this, flags), MOST_RUNS).flatMap(
    ({ id, events, broken }) => toldRun(id, events, broken) ?? [],
  )
  const rows = runs.map(({ run, runbook, begunAt, by, verdict, waits, broken }) => [
    run,
    runbook.id,
    localTime(Date.parse(begunAt)),
    by,
    broken === null
      ? (verdict ?? (waits === null ? 'stopped' : `waits at ${waits.step}`))
      : 'journal broken',
  ])
  print(this.io, flags, {
    document: {
      schema: 'stella.runbook-runs/1',
      runs: runs.map(({ run, runbook, begunAt, endedAt, by, verdict, waits, broken }) => ({
        run,
        runbook: runbook.id,
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
