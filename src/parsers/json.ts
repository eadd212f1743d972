import { field, isRecord, parseRecord } from './json-fields.ts'

/** JSON as it is found in files: one value, an array, JSON lines, several answers one after the other, cut at the end. */

export type JsonRecord = Record<string, unknown>

export interface JsonObject {
  value: JsonRecord
  /** The line it begins on, counted from 1. */
  line: number
}

const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const QUOTE = 34
const BACKSLASH = 92
const NEWLINE = 10

/** Text that is only braces can be scanned again and again; this many times its length is enough for every real one. */
const SCANS = 4

/**
 * The objects of a text, those inside of arrays too, in order. What is no JSON between them is passed over, and so is an object
 * that was cut.
 */
export function* jsonObjects(text: string): Generator<JsonObject> {
  let budget = text.length * SCANS
  let line = 1
  let counted = 0
  let start = text.indexOf('{')
  while (start !== -1 && budget > 0) {
    const end = endOfObject(text, start)
    budget -= end.at - start
    line += newlines(text, counted, start)
    counted = start
    const value = end.complete ? parseRecord(text.slice(start, end.at)) : null
    if (value !== null) yield { value, line }
    start = text.indexOf('{', value === null ? afterBroken(text, start, end) : end.at)
  }
}

/** After a broken object the next line may hold a whole one; after one that never closes, nothing before that line can. */
function afterBroken(text: string, start: number, end: { at: number; complete: boolean }): number {
  const newline = text.indexOf('\n', start)
  if (newline !== -1) return newline + 1
  return end.complete ? end.at : text.length
}

function endOfObject(text: string, start: number): { at: number; complete: boolean } {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === BACKSLASH) at++
      else if (code === QUOTE) inString = false
      // A string of JSON holds no raw line end: the line was cut.
      else if (code === NEWLINE) return { at, complete: false }
    } else if (code === QUOTE) inString = true
    else if (code === OPEN_BRACE) depth++
    else if (code === CLOSE_BRACE && --depth === 0) return { at: at + 1, complete: true }
  }
  return { at: text.length, complete: false }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1))
    count++
  return count
}

export function recordAt(value: unknown, key: string): JsonRecord | null {
  const found = field(value, key)
  return isRecord(found) ? found : null
}

/** An integer that stands as a number or, as in event attributes, as a string. */
export function integerAt(value: unknown, key: string): number | null {
  const found = field(value, key)
  if (typeof found === 'number') return Number.isInteger(found) ? found : null
  return typeof found === 'string' && /^-?\d{1,15}$/.test(found) ? Number(found) : null
}

export function stringsAt(value: unknown, key: string): string[] {
  const found = field(value, key)
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : []
}

/** Sizes and counts by their names; what is below nothing is none. */
export function numbersAt(value: unknown, key: string): Map<string, number> {
  const numbers = new Map<string, number>()
  for (const [name, number] of Object.entries(recordAt(value, key) ?? {})) {
    if (typeof number === 'number' && Number.isFinite(number) && number >= 0)
      numbers.set(name, number)
  }
  return numbers
}
