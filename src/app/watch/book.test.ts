import { describe, expect, it } from 'vitest'
import { sampleCase } from '../../../test/support/sample-case.ts'
import { unreachableError } from '../../model/errors.ts'
import type { CaseJournal, JournalEntry } from '../../store/cases.ts'
import { openBook } from './book.ts'

/** A journal on a disk that can be full. */
function disk() {
  const written: JournalEntry[] = []
  const known = new Map<string, number>()
  const state = { isFull: false }
  const journal: CaseJournal = {
    folder: '/data/cases',
    append(entries) {
      if (state.isFull) throw unreachableError('the disk is full', '/data/cases', 'make room')
      written.push(...entries)
      for (const entry of entries)
        if (entry.kind === 'case') known.set(entry.incident, entry.revision)
    },
    known: () => known,
    close: () => undefined,
  }
  const told: JournalEntry[] = []
  const book = openBook({ journal, now: () => 1_000, onEntry: (entry) => told.push(entry) })
  return { state, written, told, book }
}

const found = (incident: string) => ({ incident, case: sampleCase() })

describe('the book of a watch', () => {
  it('records an incident once, and what is known better as a revision of it', () => {
    const { book, written } = disk()
    book.cases([found('a'), found('b'), found('a')])
    book.cases([found('b')])
    book.revise('a', sampleCase())
    expect(
      written.map((entry) =>
        entry.kind === 'case' ? [entry.incident, entry.revision] : entry.kind,
      ),
    ).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ])
  })

  it('keeps what it finds while the disk is full, says so once, and writes it down when there is room', () => {
    const { book, state, written, told } = disk()
    state.isFull = true
    book.cases([found('a')])
    book.cases([found('b')])
    book.cases([found('a')])
    expect(written).toEqual([])
    expect(book.isKnown('a')).toBe(true)
    expect(told.filter(({ kind }) => kind === 'case')).toHaveLength(2)
    expect(told.filter((entry) => entry.kind === 'watch' && entry.what === 'blind')).toHaveLength(1)
    state.isFull = false
    book.retry()
    expect(written.filter(({ kind }) => kind === 'case')).toHaveLength(2)
    expect(written.at(-1)).toMatchObject({ kind: 'watch', what: 'sees', source: 'journal' })
    const before = written.length
    book.retry()
    expect(written).toHaveLength(before)
  })

  it('gives up warnings before cases where the disk stays full, and tells how many', () => {
    const { book, state, written } = disk()
    state.isFull = true
    for (let each = 0; each < 20; each++) {
      book.note({ kind: 'watch', at: 0, what: 'blind', source: null, says: 'x' })
    }
    book.cases(Array.from({ length: 5_000 }, (_, at) => found(`k-${at}`)))
    state.isFull = false
    book.retry()
    expect(written.filter(({ kind }) => kind === 'case')).toHaveLength(5_000)
    expect(written.at(-1)).toMatchObject({
      what: 'sees',
      says: expect.stringContaining('20 entries were given up'),
    })
  })
})
