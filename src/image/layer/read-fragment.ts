import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fileLines } from './file-lines.ts'
import type { FragmentLine, LayerSummary } from './fragment.ts'
import { createReader } from './read-ahead.ts'

const CHUNK_BYTES = 64 * 1024

/** A line, and where it stands in its file. */
export interface PlacedLine {
  line: FragmentLine
  offset: number
  length: number
}

/**
 * The lines in their order; one at a time is in memory.
 *
 * @param only the kind that is wanted; the others are not even parsed, and there may be many
 */
export function* fragmentLines(
  fragment: string,
  only: FragmentLine['kind'] | null = null,
): Generator<PlacedLine> {
  const beginning = Buffer.from(only === null ? '' : beginningOf(only))
  let offset = 0
  for (const bytes of fileLines(fragment, CHUNK_BYTES)) {
    const { length } = bytes
    if (isBeginning(beginning, bytes)) {
      yield { line: parseLine(bytes.toString()), offset, length }
    }
    offset += length + 1
  }
}

/** The last line is short, and has it. */
const TAIL_BYTES = 1024

/** What was counted in the layer; null where the fragment is cut. */
export function fragmentSummary(fragment: string): LayerSummary | null {
  const last = lastLine(fragment)
  const line = last.startsWith(beginningOf('summary')) ? parseLine(last) : null
  return line?.kind === 'summary' ? line.summary : null
}

/** Without its end; a part of it where it is long. Empty where the file ends within it. */
export function lastLine(path: string): string {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, size))
    readSync(descriptor, tail, 0, tail.length, size - tail.length)
    const text = tail.toString()
    return text.endsWith('\n') ? (text.slice(0, -1).split('\n').at(-1) ?? '') : ''
  } finally {
    closeSync(descriptor)
  }
}

/** One line again; fast where they are asked for in their order. */
export function createLineReader(fragment: string): {
  read(offset: number, length: number): FragmentLine
  close(): void
} {
  const descriptor = openSync(fragment, 'r')
  const read = createReader((buffer, offset, wanted) =>
    readSync(descriptor, buffer, 0, wanted, offset),
  )
  return {
    read: (offset, length) => parseLine(read(offset, length).toString()),
    close: () => closeSync(descriptor),
  }
}

function isBeginning(beginning: Buffer, line: Buffer): boolean {
  return line.subarray(0, beginning.length).equals(beginning)
}

/** Each line is written with its kind first. */
function beginningOf(kind: FragmentLine['kind']): string {
  return `{"kind":"${kind}"`
}

/** Files of our own making: what they hold is not checked again. */
function parseLine(text: string): FragmentLine {
  const line: FragmentLine = JSON.parse(text)
  return line
}
