import type { HostReading } from '../sources/host/live.ts'
import type { Reader } from '../sources/reader.ts'

/** What an experiment needs of the world. */
export interface PressureDesk {
  reader: Reader
  dataFolder: string
  /** Where the lock of the machine is. */
  lockFolder: string
  /** Aborted by whoever wants to leave. */
  signal: AbortSignal
  /** What is going on, for people. */
  onSays(says: string): void
  /** What the machine has left; a test makes it up. */
  host?: () => HostReading
}
