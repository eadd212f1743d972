/** Sorts more lines than memory has room for: runs that are sorted go to disk, and are read side by side. */
import { openSync, readSync, rmSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../model/bytes.ts'

export interface SortedRows {
  /** A row has no line break. */
  add(row: string): void
  /** All rows in the order of their code units; may be asked for again and again. */
  rows(): Iterable<string>
  close(): void
}

/** Of text in memory before it is written out, in UTF-16 units. */
const MAX_HELD = 4 * MIB
const CHUNK_BYTES = 64 * 1024

export function sortRows(folder: string, maxHeld = MAX_HELD): SortedRows {
  const runs: string[] = []
  let held: string[] = []
  let heldUnits = 0
  let isSorted = false

  function writeRun(): void {
    const path = join(folder, `run-${runs.length}`)
    const descriptor = openSync(path, 'w', 0o600)
    try {
      for (const row of held.toSorted(byUnits)) writeAll(descriptor, `${row}\n`)
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
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let rest = Buffer.alloc(0)
    for (;;) {
      const length = readSync(descriptor, buffer)
      if (length === 0) return
      const bytes = Buffer.concat([rest, buffer.subarray(0, length)])
      let from = 0
      for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, from)) {
        yield bytes.toString('utf8', from, end)
        from = end + 1
      }
      rest = Buffer.from(bytes.subarray(from))
    }
  } finally {
    closeSync(descriptor)
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done)
}
