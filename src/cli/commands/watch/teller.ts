import { entryDocument } from '../../../store/cases/entry-json.ts'
import type { JournalEntry } from '../../../store/cases.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliIo } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { entryLines } from './text.ts'

/** Tells each entry of the journal as it comes: to people, or as a line of JSON. Quietly, only what happened to others. */
export function teller(io: CliIo, flags: CommonFlags): (entry: JournalEntry) => void {
  const paint = paintFor(io, flags.noColor ?? false)
  return (entry) => {
    if (flags.json === true) {
      io.out(
        `${JSON.stringify({
          /** An entry of the journal: what `stella watch --json` prints, one for each. */
          schema: 'stella.watch/1',
          ...entryDocument(entry),
        })}\n`,
      )
    } else if (flags.quiet !== true || entry.kind !== 'watch') {
      io.out(`${entryLines(entry, paint).join('\n')}\n`)
    }
  }
}
