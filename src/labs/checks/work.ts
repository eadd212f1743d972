import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { checkType, fails, holds, seenBefore, seenNow, Size, statusWords } from './check-type.ts'

/** It is the very program of the lab, it has all its batches, holds its memory, and goes on. */
export const work = checkType(
  'work',
  z.strictObject({ workload: z.string(), holds: z._default(Size, 0) }),
  (view, { workload, holds: heldBytes }) => {
    const seen = seenNow(view, workload)
    const expected = `the program of the lab, with all its batches${heldBytes === 0 ? '' : ` and ${formatBytes(heldBytes)} of its own memory`}, goes on`
    if (seen.main === null) return fails('ended', statusWords(seen), expected)
    if (!isProgram(seen.main.argv, view.programs.get(workload) ?? [])) {
      return fails('another', `another program: ${words(seen.main.argv)}`, expected)
    }
    const { done, of, beats } = seen.progress
    if (of !== null && done < of) return fails('unfinished', `batch ${done} of ${of}`, expected)
    const before = seenBefore(view, workload)
    const isFirstLook = view.before === view.after
    if (beats === 0 || (!isFirstLook && beats <= before.progress.beats)) {
      return fails('stands', 'its output does not go on', expected)
    }
    if ((seen.anonBytes ?? 0) < heldBytes) {
      return fails('empty', `it holds ${formatBytes(seen.anonBytes ?? 0)}`, expected)
    }
    return holds(`it works, and holds ${formatBytes(seen.anonBytes ?? 0)}`, expected)
  },
)

function isProgram(argv: readonly string[], program: readonly string[]): boolean {
  return argv.length === program.length && program.every((word, at) => argv[at] === word)
}

function words(argv: readonly string[]): string {
  return argv.length === 0 ? 'its words are not known' : argv.join(' ').slice(0, 120)
}
