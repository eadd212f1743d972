import type { CheckResult } from '../../../doctor/examine.ts'
import { EXIT, usageError } from '../../../model/errors.ts'
import type { ExitCode } from '../../../model/errors.ts'
import type { CliContext } from '../../context.ts'
import { withLocalTimes } from '../../../report/time.ts'
import { paintFor } from '../../render/paint.ts'
import { reportWidth } from '../../render/width.ts'
import { doctorDocument } from '../../../doctor/document.ts'
import type { DoctorFlags } from './flags.ts'
import { doctorMarkdown } from './markdown.ts'
import { visiting } from './patient.ts'
import { doctorLines, doctorTable, quietLines } from './text.ts'

/** `stella doctor`, and `stella doctor fix`. */
export async function doctor(this: CliContext, flags: DoctorFlags, what?: 'fix'): Promise<void> {
  if (what === 'fix') {
    const { doctorFix } = await import('./fix.ts')
    return doctorFix(this, flags)
  }
  refuseFixing(flags)
  await visiting(this.io, flags, async (visit) => {
    const results = await visit.examine(visit.checks)
    for (const line of written(this, flags, results)) this.io.out(`${line}\n`)
    this.finish(exitCodeFor(results))
  })
}

function refuseFixing({ apply, yes, undo, force }: DoctorFlags): void {
  const given = Object.entries({ apply, yes, undo, force }).find(([, value]) => value !== undefined)
  if (given === undefined) return
  throw usageError("has a meaning with 'stella doctor fix' alone", `--${given[0]}`, 'leave it out')
}

function written(
  { io }: CliContext,
  { json, quiet, format, noColor = false }: DoctorFlags,
  results: readonly CheckResult[],
): readonly string[] {
  if (json === true || format === 'json') return [JSON.stringify(doctorDocument(results), null, 2)]
  const told = results.map((result) => ({ ...result, says: withLocalTimes(result.says) }))
  if (format === 'markdown') return doctorMarkdown(told)
  if (quiet === true) return quietLines(told)
  const text = { width: reportWidth(io), paint: paintFor(io, noColor) }
  return format === 'table' ? doctorTable(told, text) : doctorLines(told, text)
}

/** A failed check is the answer, whatever could not be looked at. */
function exitCodeFor(results: readonly CheckResult[]): ExitCode {
  if (results.some(({ status }) => status === 'fail')) return EXIT.bad
  if (results.some(({ isOutOfReach }) => isOutOfReach)) return EXIT.unreachable
  return results.every(({ status }) => status === 'skip') ? EXIT.inconclusive : EXIT.ok
}
