import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenNow, Size, statusWords } from './check-type.ts'

/** A process beside the main one lives, is not stopped, and holds its memory. */
export const child = checkType(
  'child',
  z.strictObject({ workload: z.string(), child: z.string(), holds: Size }),
  (view, { workload, child: name, holds: wanted }) => {
    const seen = seenNow(view, workload)
    const expected = `a process '${name}' with ${formatBytes(wanted)} of its own memory`
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    const found = seen.processes.filter((each) => each.name === name)
    const [first] = found.toSorted((a, b) => b.anonBytes - a.anonBytes)
    if (first === undefined) return fails('gone', 'there is none', expected)
    if (first.isStopped) return fails('stopped', `process ${first.pid} is stopped`, expected)
    const actual = `process ${first.pid} with ${formatBytes(first.anonBytes)}`
    return first.anonBytes >= wanted ? holds(actual, expected) : fails('small', actual, expected)
  },
)
