import type { NeedleSearch } from './needles.ts'
import { plainSearch } from './plain.ts'
import { vectorSearch } from './vector.ts'

export type { NeedleSearch } from './needles.ts'

/** The fastest search that this engine allows. */
export function openSearch(): NeedleSearch {
  return vectorSearch() ?? plainSearch()
}
