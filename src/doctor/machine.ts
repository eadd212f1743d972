/** What a check of the machine may ask. */
import type { Reader } from '../sources/reader.ts'

export interface Machine {
  reader: Reader
  /** Whose rights we have; null: the system has no such numbers. */
  userId: number | null
  dataFolder: string
}
