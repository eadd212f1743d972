import { LEAVE_REASONS } from '../drain.ts'

/** What the main thread tells the one that writes. Numbers in memory that both see, for a message would have to wait for its reader. */
export interface SharedFigures {
  tier: number
  heapBytes: number
  heapLimitBytes: number
  inFlight: number
  reservedBytes: number
  /** When the main thread is due to look again, in milliseconds since 1970. */
  dueMs: number
}

const NAMES = [
  'tier',
  'heapBytes',
  'heapLimitBytes',
  'inFlight',
  'reservedBytes',
  'dueMs',
] as const satisfies readonly (keyof SharedFigures)[]

/** Why a record is the last one; `stopped`: the guard ended, and not its process. */
export const END_REASONS = [...LEAVE_REASONS, 'stopped'] as const
export type EndReason = (typeof END_REASONS)[number]

/** In `signal`: 0 go on, 1 write the last record and end, 2 it is written. Beside it stands which of {@link END_REASONS}. */
export const SIGNAL = { goOn: 0, end: 1, ended: 2 } as const

export interface SharedMemory {
  figures: SharedArrayBuffer
  signal: SharedArrayBuffer
}

export function sharedMemory(): SharedMemory {
  return {
    figures: new SharedArrayBuffer(NAMES.length * Float64Array.BYTES_PER_ELEMENT),
    signal: new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT),
  }
}

export function writeFigures(figures: Float64Array, values: SharedFigures): void {
  for (const [at, name] of NAMES.entries()) figures[at] = values[name]
}

export function readFigures(figures: Float64Array): SharedFigures {
  const [tier = 0, heapBytes = 0, heapLimitBytes = 0, inFlight = 0, reservedBytes = 0, dueMs = 0] =
    figures
  return { tier, heapBytes, heapLimitBytes, inFlight, reservedBytes, dueMs }
}

/** The tier alone, without reading the rest. */
export function tierIn(figures: Float64Array): number {
  return figures[NAMES.indexOf('tier')] ?? 0
}
