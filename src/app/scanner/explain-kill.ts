/** The case of a worker that the kernel killed, as `stella why` makes it. */
import { setTimeout as pause } from 'node:timers/promises'
import { collect } from '../../investigate/collect.ts'
import { investigate } from '../../investigate/investigate.ts'
import type { Case } from '../../model/case.ts'
import { StellaError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import type { Reader } from '../../sources/reader.ts'

export interface KillWitness {
  reader: Reader
  /** The case that the watch made of a kill in a group; null: not yet, or never. */
  watchedCase(path: string, since: Instant): string | null
  /** A case that nobody else has made. */
  onCase(path: string, found: Case): void
  /** Nobody watches: nothing is waited for. */
  isWatched: boolean
}

/** The watch tells of a kill within a second. */
const WATCH_MS = 3_000
const STEP_MS = 100

/** Gives the id of the case; the watch sees the kill, too: its case is taken where there is one. */
export async function explainKill(
  { reader, watchedCase, onCase, isWatched }: KillWitness,
  path: string,
  since: Instant,
): Promise<string | null> {
  const waitMs = isWatched ? WATCH_MS : 0
  for (let waited = 0; waited < waitMs; waited += STEP_MS) {
    const id = watchedCase(path, since)
    if (id !== null) return id
    await pause(STEP_MS)
  }
  try {
    const { world, target } = await collect({ kind: 'cgroup', path }, { reader, since })
    const found = investigate(world, target, { all: false }).at(-1)
    if (found === undefined) return null
    onCase(path, found)
    return found.id
  } catch (error) {
    if (error instanceof StellaError) return null
    throw error
  }
}
