import type { SourceFile } from './documents/place.ts'
import type { Finding } from './engine.ts'
import type { Edit } from './rule.ts'

export interface Spliced {
  file: SourceFile
  text: string
  /** How many findings were mended. */
  fixed: number
}

/**
 * The texts of the files with the edits of all findings put in. Where the edits of two findings touch, the first is made: what
 * is left is found again, and mended the next time.
 */
export function spliced(findings: readonly Finding[]): Spliced[] {
  const byFile = new Map<SourceFile, Finding[]>()
  for (const finding of findings) {
    if (finding.edits.length === 0) continue
    const { file } = finding.place
    byFile.set(file, [...(byFile.get(file) ?? []), finding])
  }
  return [...byFile].map(([file, found]) => {
    const made: Edit[] = []
    let fixed = 0
    for (const { edits } of found) {
      if (edits.some((edit) => edit.place.file !== file)) continue
      if (made.some((other) => edits.some((edit) => touches(edit, other)))) continue
      made.push(...edits)
      fixed++
    }
    return { file, text: withEdits(file.text, made), fixed }
  })
}

function touches(a: Edit, b: Edit): boolean {
  return a.place.start <= b.place.end && b.place.start <= a.place.end
}

function withEdits(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { place, text: piece } of edits.toSorted((a, b) => b.place.start - a.place.start)) {
    result = result.slice(0, place.start) + piece + result.slice(place.end)
  }
  return result
}
