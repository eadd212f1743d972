/** What the doctor looks at, as the options name it. */
import { resolve } from 'node:path'
import { lastAlertHeard } from '../../../app/doctor/heard-alerts.ts'
import type { Check } from '../../../doctor/check.ts'
import { CHECKS } from '../../../doctor/checks/index.ts'
import { examine } from '../../../doctor/examine.ts'
import type { CheckResult, Patient } from '../../../doctor/examine.ts'
import { checksNamed } from '../../../doctor/find-check.ts'
import { viewOf } from '../../../doctor/scanner/view.ts'
import { EXIT, StellaError } from '../../../model/errors.ts'
import { hostReader } from '../../../sources/reader.ts'
import { prometheusServer } from '../../../sources/prometheus/ask.ts'
import type { PrometheusServer } from '../../../sources/prometheus/ask.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { complaint } from '../../complaints.ts'
import type { CliIo } from '../../context.ts'
import { scannerName, serverFor, usedDesk } from '../../scanner-desk.ts'
import type { OpenDesk } from '../../scanner-desk.ts'
import type { DoctorFlags } from './flags.ts'

export interface Visit {
  checks: readonly Check[]
  dataFolder: string
  userId: number | null
  /** Null: there is none, or it is out of reach, which its checks tell. */
  scanner: OpenDesk | null
  examine(checks: readonly Check[]): Promise<readonly CheckResult[]>
}

/** Opens what the checks ask for the time of some work. */
export async function visiting<Answer>(
  io: CliIo,
  flags: DoctorFlags,
  work: (visit: Visit) => Promise<Answer>,
): Promise<Answer> {
  const named = flags.check?.flatMap(checksNamed)
  const checks = named === undefined ? CHECKS : CHECKS.filter((check) => named.includes(check))
  const userId = process.getuid?.() ?? null
  const folder = resolve(dataFolder(flags.data, io.env, userId === 0))
  // The database begins this program again: it is opened before anything is asked.
  const opened = checks.some(({ of }) => of === 'scanner') ? await openScanner(io, flags) : null
  const scanner = opened instanceof StellaError ? null : opened
  try {
    const server = await serverFor(io, flags)
    const patient: Patient = {
      machine: {
        reader: hostReader({ now: io.now, env: io.env }),
        userId,
        dataFolder: folder,
        prometheus: prometheusFor(io, flags),
        lastAlert: server === null ? null : (signal) => lastAlertHeard(server, signal),
      },
      async scanner() {
        if (opened instanceof StellaError) throw opened
        if (opened === null) return null
        const { desk, isAlone } = opened
        return viewOf(desk, io.now(), { isAlone, name: scannerName(io, flags) })
      },
    }
    return await work({
      ...{ checks, dataFolder: folder, userId, scanner },
      async examine(which) {
        const results = await examine(which, patient)
        if (io.env['STELLA_DEBUG'] === '1') tellFaults(io, results)
        return results
      },
    })
  } finally {
    await scanner?.close()
  }
}

/** @throws StellaError (usage) where the address is none */
function prometheusFor({ env }: CliIo, flags: DoctorFlags): PrometheusServer | null {
  const url = flags.prometheus ?? env['STELLA_PROMETHEUS'] ?? ''
  return url === '' ? null : prometheusServer({ url, env })
}

function tellFaults(io: CliIo, results: readonly CheckResult[]): void {
  for (const { fault } of results) {
    if (fault !== undefined) io.err(`${complaint(fault, true)}\n`)
  }
}

/** A scanner that is out of reach is told by its checks; null: there is none. */
async function openScanner(io: CliIo, flags: DoctorFlags): Promise<OpenDesk | StellaError | null> {
  try {
    return await usedDesk(io, flags)
  } catch (error) {
    if (error instanceof StellaError && error.exitCode === EXIT.unreachable) return error
    throw error
  }
}
