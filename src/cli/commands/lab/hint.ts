import { counted } from '../../../model/counted.ts'
import { hintDocument } from '../../../labs/documents.ts'
import { hintFor } from '../../../labs/hint.ts'
import type { CliContext } from '../../context.ts'
import { print } from '../scanner/print.ts'
import { benchFor } from './bench.ts'
import type { LabFlags } from './parameters.ts'
import { pageLines } from './text.ts'

/** `stella lab hint`. */
export async function giveHint(this: CliContext, flags: LabFlags, id: string): Promise<void> {
  const hint = await hintFor(benchFor(this, flags), id)
  const { check, says, taken, isLast } = hint
  const more = isLast ? 'this is the last one for it' : 'there is a further one'
  print(this.io, flags, {
    document: hintDocument(id, hint),
    lines: [
      ...pageLines(says),
      ...(check === null
        ? []
        : ['', `For the check ${check}; ${more}. ${counted(taken, 'hint')} taken.`]),
    ],
    quiet: pageLines(says),
  })
}
