import type { Journal, PressureRecord } from './journal.ts'
import type { PressureStore } from './records.ts'

/** The record as it stands on the disk. */
export interface Book {
  readonly record: PressureRecord
  store: PressureStore
  /** On the disk when it returns. */
  undo(fields: Partial<PressureRecord['undo']>): void
  note(fields: Partial<Journal>): void
  /** It is over; `left`: not all of it is taken back. */
  close(journal: Journal, left: boolean): PressureRecord
}

/** Writes the first record before it returns. */
export function openBook(store: PressureStore, first: PressureRecord): Book {
  let record = first
  const write = (next: PressureRecord): PressureRecord => {
    record = next
    store.write(record)
    return record
  }
  write(first)
  return {
    get record() {
      return record
    },
    store,
    undo: (fields) => void write({ ...record, undo: { ...record.undo, ...fields } }),
    note: (fields) => void write({ ...record, journal: { ...record.journal, ...fields } }),
    close: (journal, left) => write({ ...record, journal, left }),
  }
}
