import type { NeedleSearch } from './needles.ts'
import { plainSearch } from './plain.ts'
import { vectorSearch } from './vector.ts'

export type { NeedleSearch } from './needles.ts'
export { hasNeedle } from './plain.ts'

/** The fastest search that this engine allows. */
export function openSearch(): NeedleSearch {
  return vectorSearch() ?? plainSearch()
}

let shared: NeedleSearch | null = null

/** One search for all readers of small texts: nothing stays in it between two calls. Its window belongs to nobody. */
export function sharedSearch(): NeedleSearch {
  shared ??= openSearch()
  return shared
}
