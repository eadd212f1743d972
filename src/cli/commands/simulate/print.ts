import type { CommonFlags } from '../../common-flags.ts'
import type { CliIo } from '../../context.ts'
import { type Paint, paintFor } from '../../render/paint.ts'
import { wrap } from '../../render/wrap.ts'

/** What a simulation answers, in each of the forms that a flag can ask for. */
export interface Answer {
  /** For `--json`. */
  document: object
  /** The answer in one line; all that `--quiet` prints. */
  headline: string
  tone: keyof Pick<Paint, 'good' | 'bad' | 'bold'>
  /** What stands below it, an empty line between two parts. */
  parts: readonly Part[]
}

/** Lines that stay as they are, such as a table, or sentences to be wrapped. */
export type Part = { lines: readonly string[] } | { sentences: readonly string[] }

/** Prints the answer first, then what it rests on. Text from outside has gone through `printable`. */
export function printAnswer(io: CliIo, flags: CommonFlags, answer: Answer): void {
  if (flags.json) {
    io.out(`${JSON.stringify(answer.document, null, 2)}\n`)
    return
  }
  if (flags.quiet) {
    io.out(`${answer.headline}\n`)
    return
  }
  const width = io.terminal === null ? 100 : Math.min(Math.max(io.terminal.columns, 40), 120)
  const paint = paintFor(io, flags.noColor ?? false)
  const headline = wrap(answer.headline, width).map((line) => paint[answer.tone](line))
  const parts = answer.parts.map((part) => linesOf(part, width)).filter((part) => part.length > 0)
  io.out(`${[headline, ...parts].map((part) => part.join('\n')).join('\n\n')}\n`)
}

function linesOf(part: Part, width: number): readonly string[] {
  return 'lines' in part ? part.lines : part.sentences.flatMap((sentence) => wrap(sentence, width))
}
