/** Which pool an image goes to, by its size, before anything of it is downloaded. */
import { formatBytes } from '../model/bytes.ts'
import { DEFAULT_POOL } from '../model/scan-job.ts'
import type { ScanMode } from '../model/scan-job.ts'

export interface RoutingRules {
  largeImageThresholdBytes: number
  largeImagePool: string | null
  streamingThresholdBytes: number
}

export interface Route {
  pool: string
  mode: ScanMode
  /** Null: it goes where all go. */
  note: string | null
}

/** @param sizeBytes blobs as they are stored; null: nobody can tell, and it is read in bounded memory */
export function routeOf(sizeBytes: number | null, rules: RoutingRules): Route {
  const isWhole = sizeBytes !== null && sizeBytes < rules.streamingThresholdBytes
  const mode = isWhole ? 'whole' : 'streaming'
  const isLarge = sizeBytes !== null && sizeBytes >= rules.largeImageThresholdBytes
  if (!isLarge) return { pool: DEFAULT_POOL, mode, note: null }
  const size = formatBytes(sizeBytes)
  const threshold = formatBytes(rules.largeImageThresholdBytes)
  if (rules.largeImagePool === null) {
    return {
      pool: DEFAULT_POOL,
      mode,
      note: `${size} is large (${threshold} and more), and routing.large_image_pool is not set`,
    }
  }
  return {
    pool: rules.largeImagePool,
    mode,
    note: `${size} goes to ${rules.largeImagePool}: ${threshold} and more are large`,
  }
}
