import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { DIALECTS, documentIn, sizeIn, valueAt } from '../document.ts'
import { checkType, fails, holds, Size } from './check-type.ts'

const Keys = z.array(z.union([z.string(), z.number()]))

/** A size of each of several things in a file, times how often there is such a thing: all together they stay below a bound. */
export const sum = checkType(
  'sum',
  z.strictObject({
    file: z.string(),
    under: Keys,
    at: Keys,
    times: Keys,
    dialect: z.enum(DIALECTS),
    atMost: Size,
  }),
  ({ after }, { file, under, at, times, dialect, atMost }) => {
    const expected = `${formatBytes(atMost)} at most, all together`
    const all = valueAt(documentIn(after.files.get(file) ?? ''), under)
    if (typeof all !== 'object' || all === null) {
      return fails('gone', `${file} has no ${under.join('.')}`, expected)
    }
    let bytes = 0
    for (const [name, each] of Object.entries(all)) {
      const written = valueAt(each, at)
      const own = written === undefined || written === null ? 0 : sizeIn(dialect, written)
      if (own === null) return fails('unreadable', `that of ${name} is no size`, expected)
      // What may take everything makes any sum of the others worthless.
      if (own === 0) return fails('unbounded', `no bound: ${name} has none`, expected)
      const count = valueAt(each, times) ?? 1
      if (typeof count !== 'number') {
        return fails('unreadable', `how often there is ${name} is no number`, expected)
      }
      bytes += own * count
    }
    const actual = formatBytes(bytes)
    return bytes <= atMost ? holds(actual, expected) : fails('too-much', actual, expected)
  },
)
