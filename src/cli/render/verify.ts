import type { Verification } from '../../verification/follow.ts'
import type { Paint } from './paint.ts'
import { printable } from '../../report/printable.ts'
import { localTime } from '../../report/time.ts'
import { wrapHanging } from './wrap.ts'

export interface VerificationReport extends Verification {
  fixId: string | null
  name: string
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
  const { result, checks, since, fixId, name } = report
  if (quiet) {
    const failed = checks.filter(({ ok }) => ok === false).map((check) => check.name)
    return `${result}${failed.length === 0 ? '' : `: ${failed.join(', ')}`}\n`
  }
  const heading = result === 'fails' ? paint.bad : result === 'holds' ? paint.good : paint.bold
  const from = fixId === null ? 'the start of this check' : `the change ${fixId}`
  const lines = [
    `${heading(RESULTS[result])}  ${paint.dim(printable(name))}`,
    ...wrapHanging('', `Counted from ${from}, ${localTime(since)}.`, width),
    '',
    ...checks.flatMap(({ name: check, ok, actual, expected }) => [
      ...wrapHanging(
        `  ${mark(ok, paint)} ${check}: `,
        printable(actual),
        width + escapes(ok, paint),
      ),
      ...(ok === true ? [] : wrapHanging('      expected: ', printable(expected), width)),
    ]),
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
