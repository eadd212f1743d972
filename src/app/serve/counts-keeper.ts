/** Writes the counters down while they change: once a second, and before they are told. */
import { StellaError } from '../../model/errors.ts'
import type { KillCounts } from '../../server/kill-counts.ts'
import { writeCounts } from '../../store/kill-counts.ts'

export interface CountsKeeper {
  /** Writes what changed. What `/metrics` has told once is on the disk before, so that it never falls. */
  write(): void
  /** Ends it; what is not written yet is written where anything was. */
  stop(): void
}

export interface CountsKeeperOptions {
  counts: KillCounts
  dataFolder: string
  /** Told once for each change; null: they are written again. */
  onTrouble(why: string | null): void
}

const EVERY_MS = 1_000

export function keepCounts({ counts, dataFolder, onTrouble }: CountsKeeperOptions): CountsKeeper {
  let written: number | null = null
  let trouble: string | null = null

  function write(): void {
    counts.settle()
    const { changes } = counts
    if (changes === written) return
    try {
      writeCounts(dataFolder, counts.kept())
      written = changes
      if (trouble !== null) onTrouble(null)
      trouble = null
    } catch (error) {
      if (!(error instanceof StellaError)) throw error
      if (trouble === null) onTrouble(error.message)
      trouble = error.message
    }
  }

  const timer = setInterval(write, EVERY_MS)
  return {
    write,
    stop() {
      clearInterval(timer)
      if (written !== null) write()
    },
  }
}
