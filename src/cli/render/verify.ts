import { quote } from '../../advice/shell.ts'
import type { Target } from '../../model/subject.ts'
import type { Verification } from '../../verification/follow.ts'
import { targetWords } from '../target.ts'
import type { Paint } from './paint.ts'
import { sentence } from '../../report/sentence.ts'
import { printable } from '../../report/printable.ts'
import { localTime } from '../../report/time.ts'
import { wrapHanging } from './wrap.ts'

export interface VerificationReport extends Verification {
  fixId: string | null
  name: string
  target: Target
}

const RESULTS: Readonly<Record<Verification['result'], string>> = {
  holds: 'It holds',
  fails: 'It does not hold',
  'not-yet': 'Not proven yet',
}

/** The answer first, then each check with what was found and what was expected. */
export function verificationReport(
  report: VerificationReport,
  { width, paint, quiet }: { width: number; paint: Paint; quiet: boolean },
): string {
  const { result, checks, since, fixId, name, target } = report
  if (quiet) {
    const failed = checks.filter(({ ok }) => ok === false).map((check) => check.name)
    return `${result}${failed.length === 0 ? '' : `: ${failed.join(', ')}`}\n`
  }
  const heading = result === 'fails' ? paint.bad : result === 'holds' ? paint.good : paint.bold
  const counted =
    fixId === null
      ? `No fix of it is applied: this is how it stands, and counted is from ${localTime(since)} on.`
      : `Counted from the change ${fixId}, ${localTime(since)}.`
  const lines = [
    `${heading(RESULTS[result])}  ${paint.dim(printable(name))}`,
    ...wrapHanging('', counted, width),
    '',
    ...checks.flatMap(({ name: check, ok, actual, expected }) => [
      ...wrapHanging(
        `  ${mark(ok, paint)} ${check}: `,
        sentence(actual),
        width + escapes(ok, paint),
      ),
      ...(ok === true ? [] : wrapHanging('      expected: ', printable(expected), width)),
    ]),
    ...(result === 'fails'
      ? ['', `What happened to it: stella why ${printable(quote(targetWords(target)))}`]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

function mark(ok: boolean | null, paint: Paint): string {
  return ok === null ? '?   ' : ok ? paint.good('ok  ') : paint.bad('FAIL')
}

/** What colours take of a line without being seen. */
function escapes(ok: boolean | null, paint: Paint): number {
  return mark(ok, paint).length - 4
}
