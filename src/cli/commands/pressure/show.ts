import { noSuchExperiment } from '../../../pressure/records.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import { deskOf } from './desk.ts'
import type { DataFlags } from './flags.ts'
import { recordLines } from './record-text.ts'
import { wordFor } from './run.ts'

/** `stella pressure show ID`. */
export async function showExperiment(
  this: CliContext,
  flags: DataFlags,
  id: string,
): Promise<void> {
  const record = (await deskOf(this, flags)).read(id)
  if (record === null) throw noSuchExperiment(id)
  print(this.io, flags, {
    document: record.journal,
    lines: recordLines(record, paintFor(this.io, flags.noColor ?? false)),
    quiet: [wordFor(record)],
  })
}
