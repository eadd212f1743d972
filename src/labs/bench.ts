/** What labs are worked on with. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Reader } from '../sources/reader.ts'
import type { Backend } from './backends/backend.ts'
import type { BackendId } from './backend-id.ts'
import type { LabShelf } from './shelf.ts'
import type { LabStore } from './state.ts'

export interface Bench {
  reader: Reader
  shelf: LabShelf
  store: LabStore
  backends: Readonly<Record<BackendId, Backend>>
  /** How stella is started, for commands of a solution. */
  stella: readonly string[]
  /** Of stella. */
  dataFolder: string
}

export interface Watching {
  signal: AbortSignal
  /** What is being done, for people. */
  onStep(says: string): void
}

const LOOK_MS = 250

/** Until the next look. @throws the reason of the signal */
export async function untilNextLook(signal: AbortSignal): Promise<void> {
  await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
  signal.throwIfAborted()
}
