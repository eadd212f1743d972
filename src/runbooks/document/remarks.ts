/** Sentences behind a command that say what to see in its output: "Problem if: Image size > 2GB", "Look for: "heap exhausted"". */
import type { Capture } from '../../model/runbook.ts'

export type Remark =
  | { kind: 'problem'; problemIf: string; capture: readonly Capture[] }
  | { kind: 'look'; look: readonly string[] }

/** What people call it, what it is called in a condition, and where `stella image inspect` has it. */
const NAMES: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/\bsize\b/i, 'size', ['size']],
  [/\blayers?\b/i, 'layers', ['manifest', 'layerCount']],
  [/\bfiles?\b/i, 'files', ['manifest', 'fileCount']],
  [/\bdepth\b/i, 'depth', ['depth']],
]
const COMPARED = /^([^<>]+)(>=|<=|>|<)\s*(\d[\d.,]*\s?[A-Za-z]{0,3})$/

/** Null: it is none, or cannot be read as one. */
export function remarkIn(text: string): Remark | null {
  const [, kind = '', rest = ''] = /^(problem if|look for):(.+)/is.exec(text.trim()) ?? []
  if (kind.toLowerCase() === 'look for') {
    const look = [...rest.matchAll(/["“]([^"“”]+)["”]/g)].map(([, words = '']) => words)
    return look.length === 0 ? null : { kind: 'look', look }
  }
  return kind === '' ? null : problemIn(rest)
}

function problemIn(text: string): Remark | null {
  const capture: Capture[] = []
  const conditions = text.split(/\sor\s/i).map((piece) => {
    const [, what = '', sign = '', number = ''] = COMPARED.exec(piece.trim()) ?? []
    const found = NAMES.find(([pattern]) => pattern.test(what))
    if (found === undefined) return null
    const [, name, path] = found
    capture.push({ name, from: { kind: 'json', path } })
    return `${name} ${sign} ${number.replaceAll(/[\s,]/g, '')}`
  })
  if (conditions.includes(null)) return null
  return { kind: 'problem', problemIf: conditions.join(' || '), capture }
}
