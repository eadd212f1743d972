import { counted } from '../../../model/counted.ts'
import { checkLab } from '../../../labs/check.ts'
import type { LabCheck } from '../../../labs/check.ts'
import { checkDocument } from '../../../labs/documents.ts'
import { EXIT } from '../../../model/errors.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import { benchFor, listening } from './bench.ts'
import type { Answer } from './check-flags.ts'
import type { LabFlags } from './parameters.ts'
import { checkLines } from './text.ts'

export interface CheckFlags extends LabFlags {
  answer?: readonly Answer[]
  for?: number
}

/** `stella lab check`. */
export async function checkOne(this: CliContext, flags: CheckFlags, id: string): Promise<void> {
  const answers = new Map((flags.answer ?? []).map(({ question, says }) => [question, says]))
  const asked = { answers, windowMs: flags.for ?? null }
  const bench = benchFor(this, flags)
  const done = await listening(this, flags, (watching) => checkLab(bench, id, asked, watching))
  tellCheck(this, flags, id, done)
}

export function tellCheck(context: CliContext, flags: LabFlags, id: string, done: LabCheck): void {
  const { passed, checks, isCounted, state } = done
  const paint = paintFor(context.io, flags.noColor ?? false)
  const failed = checks.filter(({ ok }) => !ok).length
  const isAsked = checks.some(({ how }) => how === 'open')
  print(context.io, flags, {
    document: checkDocument(id, done),
    lines: [
      ...checkLines(checks, paint),
      '',
      passed
        ? paint.good(
            isCounted
              ? solvedLine(id, state)
              : 'Everything holds, for a shorter time than the lab asks for.',
          )
        : `${counted(failed, 'check')} of ${checks.length} ${failed === 1 ? 'does' : 'do'} not hold; 'stella lab hint ${id}' helps.`,
      ...(isAsked ? [`'stella lab check ${id} --answer QUESTION=ANSWER' answers.`] : []),
    ],
    quiet: checks.flatMap(({ ok, name, how }) => (ok ? [] : [`${name} ${how}`])),
  })
  context.finish(passed ? EXIT.ok : EXIT.bad)
}

function solvedLine(id: string, { startedAt, solvedAt, hints }: LabCheck['state']): string {
  const seconds = Math.round(((solvedAt ?? startedAt) - startedAt) / 1_000)
  return `Solved in ${seconds} s with ${counted(hints.length, 'hint')}. 'stella lab solve ${id}' tells more, 'stella lab stop ${id}' removes everything.`
}
