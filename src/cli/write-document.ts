import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { StellaError, unreachableError } from '../model/errors.ts'
import { errorCode } from '../model/error-code.ts'
import { removeAtEnd } from './leave-nothing.ts'

/**
 * Writes a document piece by piece. Half of one never has its name.
 *
 * @throws StellaError 3 where it cannot be written; what the pieces throw
 */
export async function writeDocument(
  path: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const beside = `${path}.${process.pid}.part`
  const release = removeAtEnd(beside)
  try {
    const descriptor = openSync(beside, 'w')
    try {
      for await (const piece of pieces) writeFileSync(descriptor, piece)
    } finally {
      closeSync(descriptor)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    if (error instanceof StellaError || errorCode(error) === 'unknown') throw error
    throw unreachableError(
      `it could not be written (${errorCode(error)})`,
      path,
      'name another file',
      { cause: error },
    )
  } finally {
    release()
  }
}
