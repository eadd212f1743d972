/** One piece of a text that is replaced; everything around it stays byte for byte. */
export type Splice = {
  /** Offset in UTF-16 code units, in the text that the splices before this one have made. */
  at: number
  removed: string
  inserted: string
}

/** Carries splices out, one after the other; null where a text does not hold what one of them removes. */
export function applySplices(text: string, splices: readonly Splice[]): string | null {
  let current = text
  for (const { at, removed, inserted } of splices) {
    if (!current.startsWith(removed, at)) return null
    current = current.slice(0, at) + inserted + current.slice(at + removed.length)
  }
  return current
}

/** The splices that lead back. */
export function invertSplices(splices: readonly Splice[]): Splice[] {
  return splices
    .map(({ at, removed, inserted }) => ({ at, removed: inserted, inserted: removed }))
    .toReversed()
}
