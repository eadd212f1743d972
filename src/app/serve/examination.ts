/** The doctor over a server: what it has open is asked, and nothing is opened for it. */
import type { Check } from '../../doctor/check.ts'
import { examine } from '../../doctor/examine.ts'
import type { CheckResult, Patient } from '../../doctor/examine.ts'
import { viewOf } from '../../doctor/scanner/view.ts'
import type { ScannerDesk } from '../../scanning/desk.ts'
import { prometheusServer } from '../../sources/prometheus/ask.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Database } from '../../store/database/types.ts'

export interface ExaminationOptions {
  reader: Reader
  dataFolder: string
  database: Database
  /** Null: nobody has used one here. */
  scanner(): Promise<ScannerDesk> | null
}

/** One at a time, whoever asks: it reads logs, and asks engines. */
export function createExamination({
  reader,
  dataFolder,
  database,
  scanner,
}: ExaminationOptions): (checks: readonly Check[]) => Promise<readonly CheckResult[]> {
  const prometheus = reader.env['STELLA_PROMETHEUS'] ?? ''
  const patient: Patient = {
    machine: {
      ...{ reader, dataFolder, userId: process.getuid?.() ?? null },
      prometheus: prometheus === '' ? null : prometheusServer({ url: prometheus, env: reader.env }),
      async lastAlert() {
        const alerts = await database.alerts({ limit: MOST_ALERTS, now: reader.now() })
        return alerts.length === 0 ? null : Math.max(...alerts.map(({ heardAt }) => heardAt))
      },
    },
    async scanner() {
      const desk = await scanner()
      if (desk === null) return null
      return viewOf(desk, reader.now(), { isAlone: false, name: dataFolder })
    },
  }
  let last: Promise<unknown> = Promise.resolve()
  return (checks) => {
    const next = last.then(() => examine(checks, patient))
    last = next
    return next
  }
}

const MOST_ALERTS = 500
