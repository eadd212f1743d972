import type { CommonFlags } from '../../common-flags.ts'
import type { CliIo } from '../../context.ts'

export interface Printed {
  document: object
  lines: readonly string[]
  /** The answer in as few words as possible. */
  quiet: readonly string[]
}

/** Prints an answer in the form that the flags ask for. */
export function print(io: CliIo, flags: CommonFlags, { document, lines, quiet }: Printed): void {
  if (flags.json === true) io.out(`${JSON.stringify(document, null, 2)}\n`)
  else for (const line of flags.quiet === true ? quiet : lines) io.out(`${line}\n`)
}
