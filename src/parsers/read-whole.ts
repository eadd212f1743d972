import type { Observation } from '../model/evidence.ts'
import { isStreamFormat } from './folder.ts'
import type { Origin, StreamFormat, TextFormat } from './format.ts'

/** What a text says that is held as a whole, whether its format needs that or not. */
export function readWhole(
  format: TextFormat | StreamFormat,
  text: string,
  origin: Origin,
): Observation[] {
  if (!isStreamFormat(format)) return format.parse(text, origin)
  const reader = format.open(origin)
  reader.push(new TextEncoder().encode(text))
  return reader.finish()
}
