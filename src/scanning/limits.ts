/** Which images go where, and what happens to those that are too large for it: as it is set now. */
import { MAX_LAYERS } from '../image/source/json.ts'
import { MAX_DOCUMENT_BYTES } from '../image/source/documents.ts'
import { MAX_FILES } from '../image/squash/file-system.ts'
import { CATALOGERS } from '../sbom/catalogers/index.ts'
import type { Pool } from '../model/scan-job.ts'
import { poolBytes } from './pool-bytes.ts'
import { routeOf } from './routing.ts'
import { rulesIn } from './rules.ts'
import { maxAttempts, scanTimeout } from './settings/index.ts'
import type { SetTexts } from './settings/setting.ts'

export interface SizeRange {
  /** In bytes, of the blobs as they are stored. */
  from: number
  /** Null: there is no end. */
  below: number | null
  pool: string
  /** Whether its layers are taken into memory before they are read. */
  isHeld: boolean
}

export interface ImageLimits {
  /** The smallest first. */
  sizes: readonly SizeRange[]
  /** Those of `sizes`, by name. `count` is that of the host of the server. */
  pools: readonly { name: string; count: number; bytes: number }[]
  /** Null: images of any size go where all go. */
  largePool: string | null
  timeoutMs: number
  attempts: number
  layers: number
  /** Of a manifest, an index, a config. */
  documentBytes: number
  /** That name packages, in one image. */
  files: number
  /** Of the largest file that anything is read from. */
  fileBytes: number
}

export function imageLimits(set: SetTexts, pools: readonly Pool[]): ImageLimits {
  const rules = rulesIn(set)
  const { streamingThresholdBytes, largeImageThresholdBytes, largeImagePool } = rules
  const bounds = [...new Set([0, streamingThresholdBytes, largeImageThresholdBytes])].toSorted(
    (one, other) => one - other,
  )
  const sizes: SizeRange[] = []
  for (const [at, from] of bounds.entries()) {
    const { pool, mode } = routeOf(from, rules)
    const below = bounds[at + 1] ?? null
    const last = sizes.at(-1)
    const isHeld = mode === 'whole'
    if (last?.pool === pool && last.isHeld === isHeld) last.below = below
    else sizes.push({ from, below, pool, isHeld })
  }
  const meant = new Set(sizes.map(({ pool }) => pool))
  return {
    sizes,
    pools: pools
      .filter(({ name }) => meant.has(name))
      .map((pool) => ({ name: pool.name, count: pool.count, bytes: poolBytes(pool, set) })),
    largePool: largeImagePool,
    timeoutMs: scanTimeout.in(set),
    attempts: maxAttempts.in(set),
    layers: MAX_LAYERS,
    documentBytes: MAX_DOCUMENT_BYTES,
    files: MAX_FILES,
    fileBytes: Math.max(...CATALOGERS.map(({ maxBytes }) => maxBytes)),
  }
}
