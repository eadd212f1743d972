import type { Bench } from '../../../labs/bench.ts'
import { openLab } from '../../../labs/check.ts'
import { wordsOf } from '../../../labs/site.ts'
import { textFor } from '../../../labs/text.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import { benchFor } from './bench.ts'
import { printLabs } from './list.ts'
import type { LabFlags } from './parameters.ts'
import { pageLines, questionLines, stateLines } from './text.ts'

/** `stella lab status`. */
export function statusOf(this: CliContext, flags: LabFlags, id?: string): void {
  if (id === undefined) printLabs(this, flags, true)
  else tellStatus(this, flags, benchFor(this, flags), id)
}

/** What was told when it was opened, and how it stands. */
export function tellStatus(context: CliContext, flags: LabFlags, bench: Bench, id: string): void {
  const { lab, state, backend, site } = openLab(bench, id)
  const words = wordsOf(backend, site)
  const challenge = textFor(bench.shelf.page(lab, 'challenge'), backend.id, words)
  const paint = paintFor(context.io, flags.noColor ?? false)
  print(context.io, flags, {
    document: {
      /** What `stella lab status --json` prints: a lab that stands. */
      schema: 'stella.lab/1',
      id,
      title: lab.title,
      backend: backend.id,
      folder: site.folder,
      startedAt: new Date(state.startedAt).toISOString(),
      endsAt: new Date(state.endsAt).toISOString(),
      attempts: state.attempts,
      hints: state.hints.length,
      solved: state.solvedAt !== null,
      questions: lab.questions,
      answers: state.answers,
      names: words,
    },
    lines: [
      ...stateLines(lab, state, paint),
      '',
      ...pageLines(challenge),
      ...questionLines(lab, state),
      '',
      `stella lab check ${id}   whether it is solved`,
      `stella lab hint ${id}    the next hint`,
      `stella lab stop ${id}    ends it, and removes everything`,
    ],
    quiet: [`${id} ${backend.id} ${state.solvedAt === null ? 'open' : 'solved'}`],
  })
}
