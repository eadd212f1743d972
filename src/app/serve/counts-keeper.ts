/** Writes the counters down while they change: once a second, and before they are told. */
import { StellaError } from '../../model/errors.ts'
import type { KillCounts } from '../../server/kill-counts.ts'
import { writeCounts } from '../../store/kill-counts.ts'

export interface CountsKeeper {
  /** Writes from now on. The first file says since when kills are counted. */
  start(): void
  /** Writes what changed. What `/metrics` has told once is on the disk before, so that it never falls. */
  write(): void
  /** Writes what is not written yet, and ends it. */
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
  let timer: NodeJS.Timeout | null = null

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

  return {
    write,
    start() {
      write()
      timer = setInterval(write, EVERY_MS)
    },
    stop() {
      if (timer === null) return
      clearInterval(timer)
      write()
    },
  }
}
