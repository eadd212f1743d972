/** What a check of the machine may ask. */
import type { Instant } from '../model/time.ts'
import type { PrometheusServer } from '../sources/prometheus/ask.ts'
import type { Reader } from '../sources/reader.ts'

export interface Machine {
  reader: Reader
  /** Whose rights we have; null: the system has no such numbers. */
  userId: number | null
  dataFolder: string
  /** Where alerts are made; null: none is named. */
  prometheus: PrometheusServer | null
  /** When the server heard of an alert last, null being never. Null: no server is there. */
  lastAlert: ((signal: AbortSignal) => Promise<Instant | null>) | null
}
