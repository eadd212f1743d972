/** How the layers of an image are read. */
import type { Cataloger } from '../sbom/cataloger.ts'
import type { FragmentStore } from './layer/fragment-store.ts'

export interface CatalogOptions {
  /** Where fragments are kept for other images; null: they are kept nowhere. */
  store: FragmentStore | null
  /** For files that are too large for memory, for a moment. */
  scratchFolder: string
  /** Whether a thread reads layers beside this one; it costs 30 MiB. */
  hasThread: boolean
  checksAll: boolean
  /** Layers that are taken into memory before they are read, as others do; the usual is to take none. */
  holds?: HeldLayers
  /** Layers that are damaged, or not to be had, are left out, and told as problems; without it they end the scan. */
  leavesOut?: boolean
  signal: AbortSignal
  catalogers?: readonly Cataloger[]
  onLayer?(progress: LayerProgress): void
}

/** `each`: one after the other; `all`: together. */
export type HeldLayers = 'none' | 'each' | 'all'

export interface LayerProgress {
  /** Layers that are known by now, of how many; null while nobody knows. */
  done: number
  of: number | null
  /** Nothing had to be read. */
  wasKnown: boolean
  /** Counted from the lowest, 0; null while nobody knows which it is. */
  at: number | null
  sizeBytes: number | null
}
