import { writeFile } from 'node:fs/promises'
import { unreachableError } from '../../../model/errors.ts'
import type { CliIo } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'

interface Answer {
  /** In the form that was asked for. */
  document: string
  /** For people, in the colours of the terminal. */
  text: () => string
}

/**
 * Gives the answer: into a file, and the text to the terminal all the same, for a pipeline wants both; or to standard output.
 *
 * @throws StellaError 3 where the file cannot be written
 */
export async function give(
  io: CliIo,
  { document, text }: Answer,
  output: string | undefined,
): Promise<void> {
  if (output === undefined || output === STDIN) {
    io.out(document)
    return
  }
  try {
    await writeFile(output, document)
  } catch (error) {
    const todo = 'name a file in a folder that exists'
    throw unreachableError('cannot be written', output, todo, { cause: error })
  }
  io.out(text())
}
