/** The points of a runbook that keep it from happening again, with what was done about each. */
import { createHash } from 'node:crypto'
import type { PreventionMark, Runbook } from '../model/runbook.ts'

export interface PreventionItem {
  /** Of its words alone: it keeps its mark wherever it moves, whatever becomes of the others. */
  item: string
  /** In the document, from 1. */
  number: number
  text: string
  /** Of the document, from 1. */
  line: number
  /** `look-again`: it was done so long ago that nobody knows whether it still is. */
  state: 'open' | 'done' | 'look-again'
  /** Who said so last; null: nobody has said anything. */
  mark: Pick<PreventionMark, 'by' | 'at' | 'evidence'> | null
}

export interface Prevention {
  runbook: string
  title: string
  items: readonly PreventionItem[]
  /** Marks of points that the document does not have any more, or has in other words. */
  gone: readonly PreventionMark[]
}

/** Half a year, as `runbook lint` holds it with documents. */
const LOOK_AGAIN_MS = 180 * 86_400_000

/** @param marks of this runbook, one of a point */
export function preventionOf(
  { id, title, prevention }: Pick<Runbook, 'id' | 'title' | 'prevention'>,
  marks: readonly PreventionMark[],
  now: number,
): Prevention {
  const marked = new Map(marks.map((mark) => [mark.item, mark]))
  const items = prevention.map(({ text, line }, at): PreventionItem => {
    const item = preventionKey(text)
    const mark = marked.get(item)
    return {
      item,
      number: at + 1,
      text,
      line,
      state: mark?.isDone === true ? doneState(mark, now) : 'open',
      mark: mark === undefined ? null : { by: mark.by, at: mark.at, evidence: mark.evidence },
    }
  })
  const known = new Set(items.map(({ item }) => item))
  return { runbook: id, title, items, gone: marks.filter(({ item }) => !known.has(item)) }
}

/** Marks, case and white space may change; other words are another point. */
export function preventionKey(text: string): string {
  const words = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return `p-${createHash('sha256').update(words).digest('hex').slice(0, 12)}`
}

function doneState({ at }: PreventionMark, now: number): 'done' | 'look-again' {
  return now - Date.parse(at) > LOOK_AGAIN_MS ? 'look-again' : 'done'
}
