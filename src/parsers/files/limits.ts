import { MAX_TEXT_BYTES } from '../format.ts'
import type { ReadLimits } from './read-file.ts'

export const READ_LIMITS: ReadLimits = {
  maxTextBytes: MAX_TEXT_BYTES,
  maxUnpackedBytes: 2 * 1024 ** 3,
  maxObservations: 200_000,
}
