import { join } from 'node:path'
import { unreachableError } from '../model/errors.ts'
import { dataFolder } from '../store/data-folder.ts'
import { makeFolders } from '../store/durable.ts'

/**
 * Where what is known of layers is kept. Null where there is no such place: a user without a home can scan, too, and only the
 * next time is slower.
 *
 * @param given of the command line
 * @throws StellaError (unreachable) where a folder that was named cannot be written
 */
export function layerCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  given?: string,
): string | null {
  try {
    const folder = join(dataFolder(given, env, process.getuid?.() === 0), 'layers')
    makeFolders(folder)
    return folder
  } catch (error) {
    if (given === undefined) return null
    throw unreachableError('it cannot be written', given, 'name another folder with --data DIR', {
      cause: error,
    })
  }
}
