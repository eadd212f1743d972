/** The next hint: for the first check that does not hold, and for how it does not. */
import { openLab, viewOf } from './check.ts'
import type { Bench } from './bench.ts'
import { judgeAll } from './judge.ts'
import { wordsOf } from './site.ts'
import { hintsFor, textFor } from './text.ts'

export interface LabHint {
  /** Null: all checks hold. */
  check: string | null
  says: string
  /** Hints taken in this lab, this one among them. */
  taken: number
  /** It was given before: there is no further one. */
  isLast: boolean
}

export async function hintFor(bench: Bench, id: string): Promise<LabHint> {
  const open = openLab(bench, id)
  const { lab, state, backend, site } = open
  const failed = judgeAll(lab, await viewOf(bench, open)).find(({ ok }) => !ok)
  if (failed === undefined) {
    const says = `Everything holds so far: 'stella lab check ${id}' watches whether it goes on.`
    return { check: null, says, taken: state.hints.length, isLast: true }
  }
  const hints = hintsFor(bench.shelf.page(lab, 'hints'), failed.name, failed.how)
  const key = `${failed.name} ${failed.how}`
  const before = state.hints.filter((each) => each === key).length
  const says = hints[Math.min(before, hints.length - 1)] ?? failed.todo
  const isNew = before < hints.length
  if (isNew) {
    bench.store.write({ ...state, hints: [...state.hints, key] })
    bench.store.note(id, (record) => ({ ...record, hints: record.hints + 1 }))
  }
  return {
    check: failed.name,
    says: textFor(says, backend.id, wordsOf(backend, site)),
    taken: state.hints.length + (isNew ? 1 : 0),
    isLast: before + 1 >= hints.length,
  }
}
