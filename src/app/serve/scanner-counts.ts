/**
 * What the workers of this host did, counted for `/metrics`, and kept in the data folder: a counter that began anew with the server
 * would hide what it had not told yet. It is on the disk before it is told.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { errorMessage } from '../../model/error-message.ts'
import type { LayersRead } from '../../scanning/workers/messages.ts'
import { privateFolder, writeDurably } from '../../store/durable.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'

export interface ScannerCounts {
  readonly hits: number
  readonly misses: number
  /** Jobs that failed at their last try. */
  readonly failures: number
  takeLayers(layers: LayersRead): void
  takeFailure(): void
}

export interface ScannerCountsOptions {
  dataFolder: string
  /** They are counted on, and written with the next. */
  onTrouble(why: string): void
}

const count = z.int().check(z.nonnegative())
const Kept = z.object({
  schema: z.literal('stella.scanner-counts/1'),
  hits: count,
  misses: count,
  failures: count,
})
type Kept = z.infer<typeof Kept>

const FILE = 'scanner-counters.json'
const NONE: Kept = { schema: 'stella.scanner-counts/1', hits: 0, misses: 0, failures: 0 }

export function openScannerCounts({ dataFolder, onTrouble }: ScannerCountsOptions): ScannerCounts {
  const path = join(dataFolder, FILE)
  let kept = read(path)

  function change(next: Kept): void {
    kept = next
    try {
      privateFolder(dataFolder)
      writeDurably(path, `${JSON.stringify(kept)}\n`)
    } catch (error) {
      const why = errorMessage(error)
      onTrouble(`the counters of the scanner could not be written: ${why}`)
    }
  }

  return {
    get hits() {
      return kept.hits
    },
    get misses() {
      return kept.misses
    },
    get failures() {
      return kept.failures
    },
    takeLayers({ hits, misses }) {
      change({ ...kept, hits: kept.hits + hits, misses: kept.misses + misses })
    },
    takeFailure: () => change({ ...kept, failures: kept.failures + 1 }),
  }
}

/** The same store, with a word for each job that is not tried any more. */
export function tellingFailures(store: ScannerStore, onFailure: () => void): ScannerStore {
  return {
    ...store,
    jobs: {
      ...store.jobs,
      async over(...how) {
        const isWritten = await store.jobs.over(...how)
        if (isWritten) onFailure()
        return isWritten
      },
    },
  }
}

/** What cannot be understood counts as nothing: counters begin anew then. */
function read(path: string): Kept {
  try {
    const found = z.safeParse(Kept, JSON.parse(readFileSync(path, 'utf8')))
    return found.success ? found.data : NONE
  } catch {
    return NONE
  }
}
