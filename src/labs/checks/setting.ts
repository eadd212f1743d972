import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { DIALECTS, documentIn, sizeIn, textOf, valueAt } from '../document.ts'
import type { Path } from '../document.ts'
import { checkType, fails, holds, Size } from './check-type.ts'

/** A size in a file lies between two bounds, as the platform reads it. */
export const setting = checkType(
  'setting',
  z.strictObject({
    file: z.string(),
    at: z.array(z.union([z.string(), z.number()])),
    dialect: z.enum(DIALECTS),
    atLeast: Size,
    atMost: Size,
  }),
  ({ after }, { file, at, dialect, atLeast, atMost }) => {
    const expected = `${formatBytes(atLeast)} to ${formatBytes(atMost)}`
    const text = after.files.get(file) ?? null
    if (text === null) return fails('gone', `${file} cannot be read`, expected)
    const document = documentIn(text)
    if (document === undefined) return fails('unreadable', `${file} is no YAML`, expected)
    const written = valueAt(document, at)
    if (written === undefined || written === null) {
      return fails('removed', `${at.join('.')} is not set`, expected)
    }
    const said = textOf(written)
    const bytes = sizeIn(dialect, written)
    if (bytes === null) return fails('unreadable', `'${said}' is no size`, expected)
    const actual = `${said} = ${bytes < 1 ? `${bytes} bytes` : formatBytes(bytes)}`
    if (bytes < atLeast) return fails('too-low', actual, expected)
    return bytes > atMost ? fails('too-high', actual, expected) : holds(actual, expected)
  },
)

/** Everything in a file but some places is as it was given; without such places, byte for byte. */
export const untouched = checkType(
  'untouched',
  z.strictObject({
    file: z.string(),
    but: z.array(z.array(z.union([z.string(), z.number()]))),
  }),
  (view, { file, but }) => {
    const expected = `${file} says ${but.length === 0 ? 'what' : 'all else that'} it said`
    if (but.length === 0) {
      return view.after.files.get(file) === view.originals.get(file)
        ? holds('it does', expected)
        : fails('changed', 'it was changed, or is gone', expected)
    }
    const now = without(documentIn(view.after.files.get(file) ?? ''), but)
    const then = without(documentIn(view.originals.get(file) ?? ''), but)
    if (now === undefined || now === null) return fails('gone', `${file} cannot be read`, expected)
    return isDeepStrictEqual(now, then)
      ? holds('it does', expected)
      : fails('changed', 'something else was changed', expected)
  },
)

function without(document: unknown, paths: readonly Path[]): unknown {
  for (const path of paths) {
    const last = path.at(-1)
    const parent = valueAt(document, path.slice(0, -1))
    if (last === undefined || typeof parent !== 'object' || parent === null) continue
    Reflect.set(parent, last, null)
  }
  return document
}
