/** `stella doctor fix --undo`. */
import { scannerDriver } from '../../../doctor/mending/scanner.ts'
import { EXIT, unreachableError, usageError } from '../../../model/errors.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import type { CliContext } from '../../context.ts'
import { fixDesk } from '../../fix-desk.ts'
import { undoneText } from '../../render/fix-records.ts'
import { paintFor } from '../../render/paint.ts'
import { openDesk, scannerName, userName } from '../../scanner-desk.ts'
import { recordDocument } from '../fix/document.ts'
import { shownRecord } from '../fix/hidden.ts'
import type { DoctorFlags } from './flags.ts'

export async function undoMending(
  { io, finish }: CliContext,
  flags: DoctorFlags,
  id: string,
): Promise<void> {
  const folder = dataFolder(flags.data, io.env, process.getuid?.() === 0)
  const found = fixDesk(folder).read(id)
  if (found === null) {
    const todo = 'see the fixes that were made with: stella fix --list'
    throw unreachableError(`there is no fix ${id.slice(0, 60)}`, folder, todo)
  }
  const { target } = found.plan
  if (target.kind === 'scanner' && target.where !== scannerName(io, flags)) {
    const what = `it was made on the scanner ${target.where}`
    throw usageError(what, id, 'name that one with --server, --database or --data')
  }
  const scanner = target.kind === 'scanner' ? await openDesk(io, flags) : null
  try {
    const drivers =
      scanner === null
        ? []
        : [scannerDriver({ at: scannerName(io, flags), desk: scanner.desk, by: userName() })]
    const record = await fixDesk(folder, { more: drivers }).undo(id, {
      force: flags.force ?? false,
    })
    finish(record.state === 'undone' || record.state === 'rolled-back' ? EXIT.ok : EXIT.bad)
    if (flags.json === true || flags.format === 'json') {
      const document = {
        /** With `--undo`: what was taken back. */
        schema: 'stella.doctor-fix/1',
        action: 'undo',
        record: recordDocument(record),
      }
      io.out(`${JSON.stringify(document, null, 2)}\n`)
      return
    }
    const paint = paintFor(io, flags.noColor ?? false)
    io.out(undoneText(shownRecord(record), { paint, quiet: flags.quiet ?? false }))
  } finally {
    await scanner?.close()
  }
}
