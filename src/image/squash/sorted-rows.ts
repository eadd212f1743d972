/** Sorts more lines than memory has room for: runs that are sorted go to disk, and are read side by side. */
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../model/bytes.ts'
import { fileLines } from '../layer/file-lines.ts'
import { writeLines } from './write-lines.ts'

export interface SortedRows {
  /** A row has no line break. */
  add(row: string): void
  /** All rows in the order of their code units; may be asked for again and again. */
  rows(): Iterable<string>
  close(): void
}

/** Of text in memory before it is written out, in UTF-16 units. */
const MAX_HELD = 2 * MIB
/** Of each run, while all are read side by side. */
const CHUNK_BYTES = 16 * 1024

export function sortRows(folder: string, maxHeld = MAX_HELD): SortedRows {
  const runs: string[] = []
  let held: string[] = []
  let heldUnits = 0
  let isSorted = false

  function writeRun(): void {
    const path = join(folder, `run-${runs.length}`)
    const descriptor = openSync(path, 'w', 0o600)
    try {
      writeLines(descriptor, held.toSorted(byUnits))
    } finally {
      closeSync(descriptor)
    }
    runs.push(path)
    held = []
    heldUnits = 0
  }

  return {
    add(row) {
      held.push(row)
      heldUnits += row.length
      isSorted = false
      if (heldUnits > maxHeld) writeRun()
    },
    rows() {
      if (!isSorted) held = held.toSorted(byUnits)
      isSorted = true
      return merged([...runs.map((path) => linesOf(path)), held])
    },
    close() {
      for (const path of runs) rmSync(path, { force: true })
    },
  }
}

function byUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function* merged(runs: readonly Iterable<string>[]): Generator<string> {
  const heads = runs.flatMap((run) => {
    const iterator = run[Symbol.iterator]()
    const first = iterator.next()
    return first.done === true ? [] : [{ iterator, row: first.value }]
  })
  try {
    while (heads.length > 0) {
      const least = heads.reduce((a, b) => (b.row < a.row ? b : a))
      yield least.row
      const next = least.iterator.next()
      if (next.done === true) heads.splice(heads.indexOf(least), 1)
      else least.row = next.value
    }
  } finally {
    for (const { iterator } of heads) iterator.return?.()
  }
}

function* linesOf(path: string): Generator<string> {
  for (const line of fileLines(path, CHUNK_BYTES)) yield line.toString()
}
