import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageError } from '../model/errors.ts'

const SPOOL_BYTES = 4 * 1024 * 1024 * 1024

/**
 * Writes standard input to a private temporary file, because what it is can only be told by looking twice.
 * The file is gone when the handle is disposed of. Memory stays at one chunk.
 *
 * @throws StellaError (usage) when nothing came, or more than 4 GiB
 */
export async function spoolStdin(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = SPOOL_BYTES,
): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'stella-stdin-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'stdin')
    await writeAll(path, chunks, maxBytes)
    return { path, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function writeAll(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) {
      throw usageError(
        `more than ${maxBytes} bytes`,
        'standard input',
        'save it to a file and name that with --from',
      )
    }
    await file.writeFile(chunk)
  }
  if (bytes === 0) {
    throw usageError('is empty', 'standard input', 'pipe the evidence into stella')
  }
}
