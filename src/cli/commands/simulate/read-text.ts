import { open } from 'node:fs/promises'
import { usageError } from '../../../model/errors.ts'
import { unreadInput } from '../../../model/unread-input.ts'
import type { CliIo } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'

const MAX_BYTES = 64 * 1024 * 1024
const TOO_LARGE = 'is larger than 64 MiB'

/** Where a text came from, for complaints. */
export function placeOf(path: string): string {
  return path === STDIN ? 'standard input' : path
}

/**
 * The whole text of a file, or of standard input for `-`.
 *
 * @throws StellaError 2 where it is larger than 64 MiB, 3 where it does not exist or cannot be read
 */
export async function readWhole(io: CliIo, path: string): Promise<string> {
  return path === STDIN ? readStdin(io) : readFile(path)
}

async function readStdin(io: CliIo): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of io.stdin()) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_BYTES) throw usageError(TOO_LARGE, placeOf(STDIN), 'give less of it')
  }
  return text + decoder.decode()
}

async function readFile(path: string): Promise<string> {
  try {
    await using handle = await open(path)
    const stats = await handle.stat()
    if (stats.size > MAX_BYTES) throw usageError(TOO_LARGE, path, 'give less of it')
    return await handle.readFile('utf8')
  } catch (error) {
    throw unreadInput(error, path, 'name a file that exists, or - for standard input')
  }
}
