import type { NamedImage } from '../../../app/scan/open.ts'
import { usageError } from '../../../model/errors.ts'

/**
 * The image that is meant, named in one place or the other.
 *
 * @throws StellaError (usage) where it is named in none, or in both
 */
export function oneOf(given: NamedImage | undefined, flag: NamedImage | undefined): NamedImage {
  const named = given ?? flag
  if (named !== undefined && (given === undefined || flag === undefined)) return named
  throw usageError(
    named === undefined ? 'no image is named' : 'two images are named',
    null,
    'write it once, behind the command or as --image IMAGE',
  )
}
