import { usageError } from '../../../model/errors.ts'
import type { CliContext } from '../../context.ts'

export const MAX_CASE_BYTES = 64 * 1024 * 1024
export const NAME_A_CASE =
  "name a case.json that 'stella cases export' or 'stella why --json' wrote"

/**
 * All of standard input.
 *
 * @param todo what to do where that is more than 64 MiB
 */
export async function stdinText({ io }: CliContext, todo: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of io.stdin()) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_CASE_BYTES) {
      throw usageError('is larger than 64 MiB', 'standard input', todo)
    }
  }
  return text + decoder.decode()
}
