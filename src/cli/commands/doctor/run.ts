import { lastAlertHeard } from '../../../app/doctor/heard-alerts.ts'
import { CHECKS } from '../../../doctor/checks/index.ts'
import { examine } from '../../../doctor/examine.ts'
import type { CheckResult, Patient } from '../../../doctor/examine.ts'
import { checksNamed } from '../../../doctor/find-check.ts'
import { viewOf } from '../../../doctor/scanner/view.ts'
import { EXIT, StellaError } from '../../../model/errors.ts'
import type { ExitCode } from '../../../model/errors.ts'
import { hostReader } from '../../../sources/reader.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { complaint } from '../../complaints.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { serverFor, usedDesk } from '../../scanner-desk.ts'
import type { OpenDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from '../scanner/flags.ts'
import { doctorDocument } from './document.ts'
import { doctorLines, quietLines } from './text.ts'
import { doctorMarkdown } from './markdown.ts'

export interface DoctorFlags extends ScannerFlags {
  check?: readonly string[]
  format?: 'text' | 'markdown' | 'json'
}

/** `stella doctor`. */
export async function doctor(this: CliContext, flags: DoctorFlags): Promise<void> {
  const { io } = this
  const named = flags.check?.flatMap(checksNamed)
  const checks = named === undefined ? CHECKS : CHECKS.filter((check) => named.includes(check))
  const userId = process.getuid?.() ?? null
  const folder = dataFolder(flags.data, io.env, userId === 0)
  // The database begins this program again: it is opened before anything is asked.
  const scanner = checks.some(({ of }) => of === 'scanner') ? await opened(io, flags) : null
  try {
    const server = await serverFor(io, flags)
    const patient: Patient = {
      machine: {
        reader: hostReader({ now: io.now, env: io.env }),
        userId,
        dataFolder: folder,
        lastAlert: server === null ? null : (signal) => lastAlertHeard(server, signal),
      },
      async scanner() {
        if (scanner instanceof StellaError) throw scanner
        return scanner === null ? null : viewOf(scanner.desk, io.now(), scanner)
      },
    }
    const results = await examine(checks, patient)
    if (io.env['STELLA_DEBUG'] === '1') {
      for (const { fault } of results)
        if (fault !== undefined) io.err(`${complaint(fault, true)}\n`)
    }
    for (const line of written(this, flags, results)) io.out(`${line}\n`)
    this.finish(exitCodeFor(results))
  } finally {
    if (!(scanner instanceof StellaError)) await scanner?.close()
  }
}

/** A scanner that is out of reach is told by its checks; null: there is none. */
async function opened(io: CliIo, flags: DoctorFlags): Promise<OpenDesk | StellaError | null> {
  try {
    return await usedDesk(io, flags)
  } catch (error) {
    if (error instanceof StellaError && error.exitCode === EXIT.unreachable) return error
    throw error
  }
}

function written(
  { io }: CliContext,
  { json, quiet, format, noColor = false }: DoctorFlags,
  results: readonly CheckResult[],
): readonly string[] {
  if (json === true || format === 'json') return [JSON.stringify(doctorDocument(results), null, 2)]
  if (format === 'markdown') return doctorMarkdown(results)
  return quiet === true ? quietLines(results) : doctorLines(results, paintFor(io, noColor))
}

/** A failed check is the answer, whatever could not be looked at. */
function exitCodeFor(results: readonly CheckResult[]): ExitCode {
  if (results.some(({ status }) => status === 'fail')) return EXIT.bad
  if (results.some(({ isOutOfReach }) => isOutOfReach)) return EXIT.unreachable
  return results.every(({ status }) => status === 'skip') ? EXIT.inconclusive : EXIT.ok
}
