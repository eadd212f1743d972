import { printable } from './printable.ts'
import { withLocalTimes } from './time.ts'

/** A sentence that was made from evidence, for people: safe to print, its times those of the machine's own clock. */
export function sentence(text: string): string {
  return printable(withLocalTimes(text))
}
