import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { print } from '../scanner/print.ts'
import { deskOf } from './desk.ts'
import type { DataFlags } from './flags.ts'
import { wordFor } from './run.ts'

/** `stella pressure list`. */
export async function listExperiments(this: CliContext, flags: DataFlags): Promise<void> {
  const records = (await deskOf(this, flags)).list()
  print(this.io, flags, {
    document: {
      /** What `stella pressure list --json` prints. */
      schema: 'stella.pressure-list/1',
      experiments: records.map(({ id, left, journal }) => ({
        id,
        target: journal.stella.target,
        title: journal.experiment['title'],
        start: journal.start,
        end: journal.end,
        status: journal.status,
        deviated: journal.deviated,
        left,
      })),
    },
    lines:
      records.length === 0
        ? ['No experiment was made yet.']
        : textTable(
            ['Experiment', 'Begun', 'Target', 'Ended'],
            records.map((record) => [
              record.id,
              localTime(Date.parse(record.journal.start)),
              printable(record.journal.stella.target),
              record.left ? `${wordFor(record)}, not all taken back` : wordFor(record),
            ]),
          ),
    quiet: records.map(({ id }) => id),
  })
}
