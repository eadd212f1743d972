import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { StellaError, unreachableError } from '../../../model/errors.ts'
import { errorCode } from '../../../sources/reader.ts'

/**
 * Writes a document piece by piece. Half of one never has its name.
 *
 * @throws StellaError 3 where it cannot be written; what the pieces throw
 */
export async function writeDocument(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const beside = `${path}.${process.pid}.part`
  try {
    const descriptor = openSync(beside, 'w')
    try {
      for await (const piece of pieces) {
        const bytes = Buffer.from(piece)
        for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done)
      }
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
      'name another file with --output FILE',
      { cause: error },
    )
  }
}
