import { EXIT } from '../../../model/errors.ts'
import { noSuchExperiment } from '../../../pressure/records.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import { deskOf } from './desk.ts'
import type { DataFlags } from './flags.ts'
import { recordLines } from './record-text.ts'

/** `stella pressure undo`. */
export async function undoExperiments(
  this: CliContext,
  flags: DataFlags,
  id?: string,
): Promise<void> {
  const desk = await deskOf(this, flags)
  if (id !== undefined && desk.read(id) === null) throw noSuchExperiment(id)
  const done = await desk.recover(id ?? null)
  const paint = paintFor(this.io, flags.noColor ?? false)
  print(this.io, flags, {
    document: {
      /** What `stella pressure undo --json` prints. */
      schema: 'stella.pressure-undo/1',
      experiments: done.map(({ id: of, left, journal }) => ({ id: of, left, journal })),
    },
    lines:
      done.length === 0
        ? ['Nothing is left to be taken back.']
        : done.flatMap((record) => recordLines(record, paint)),
    quiet: done.map(({ id: of }) => of),
  })
  this.finish(done.some(({ left }) => left) ? EXIT.bad : EXIT.ok)
}
