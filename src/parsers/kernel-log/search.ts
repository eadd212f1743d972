import { plainSearch, type NeedleSearch } from './needles.ts'

export type { NeedleSearch } from './needles.ts'

export function defaultSearch(): NeedleSearch {
  return plainSearch
}
