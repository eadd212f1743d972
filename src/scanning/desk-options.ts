/** What a desk over a store is made of. */
import type { Instant } from '../model/time.ts'
import type { ScannerStore } from '../store/scanner/open.ts'

export interface DeskOptions {
  store: ScannerStore
  now(): Instant
  /** What the host has; null: nobody can tell. */
  hostBytes: number | null
  /** How large an image is, as its blobs are stored; null: nobody can tell before it was read. Throws where it is none. */
  sizeOf(image: string, platform: string | null): Promise<number | null>
  /** There is something new to do. */
  onWork?(): void
}
