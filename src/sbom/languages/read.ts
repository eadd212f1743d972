/** Two ways to read a file from its beginning to its end. */
import type { Found, StreamCatalog } from '../cataloger.ts'
import { collecting } from '../collecting.ts'
import { LineSplitter } from '../lines.ts'
import { JsonPicker } from './json-picker.ts'
import type { Wanted } from './json-places.ts'

const CARRIAGE_RETURN = 0x0d

export interface JsonReader {
  /** Each wanted value, with the names on the way to it. */
  value(value: unknown, path: readonly string[]): readonly Found[] | undefined
  end?(): readonly Found[]
}

export interface LineReader {
  /** Each line without its end. */
  line(text: string): readonly Found[] | undefined
  end?(): readonly Found[]
}

/** @param maxValueBytes Larger values are left out, with a problem. */
export function readJson(want: Wanted, maxValueBytes: number, reader: JsonReader): StreamCatalog {
  return collecting((tell) => {
    const picker = new JsonPicker(want, maxValueBytes, (value, path) => {
      for (const one of reader.value(value, path) ?? []) tell(one)
    })
    return {
      push: (chunk) => picker.push(chunk),
      finish() {
        const problem = picker.finish()
        for (const one of reader.end?.() ?? []) tell(one)
        if (problem !== null) tell({ kind: 'problem', says: problem })
      },
    }
  })
}

/** @param maxLineBytes Of longer lines the beginning is read. */
export function readLines(maxLineBytes: number, reader: LineReader): StreamCatalog {
  return collecting((tell) => {
    const lines = new LineSplitter(maxLineBytes, (line) => {
      for (const one of reader.line(textOf(line)) ?? []) tell(one)
    })
    return {
      push: (chunk) => lines.push(chunk),
      finish() {
        lines.finish()
        for (const one of reader.end?.() ?? []) tell(one)
      },
    }
  })
}

function textOf(line: Uint8Array): string {
  const length = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length
  return length === 0 ? '' : Buffer.from(line.buffer, line.byteOffset, length).toString()
}
