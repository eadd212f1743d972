import { hintFor } from '../../../labs/hint.ts'
import type { CliContext } from '../../context.ts'
import { print } from '../scanner/print.ts'
import { benchFor } from './bench.ts'
import type { LabFlags } from './parameters.ts'
import { count, pageLines } from './text.ts'

/** `stella lab hint`. */
export async function giveHint(this: CliContext, flags: LabFlags, id: string): Promise<void> {
  const { check, says, taken, isLast } = await hintFor(benchFor(this, flags), id)
  const more = isLast ? 'this is the last one for it' : 'there is a further one'
  print(this.io, flags, {
    document: { schema: 'stella.lab-hint/1', id, check, hint: says, taken, last: isLast },
    lines: [
      ...pageLines(says),
      ...(check === null
        ? []
        : ['', `For the check ${check}; ${more}. ${count(taken, 'hint')} taken.`]),
    ],
    quiet: pageLines(says),
  })
}
