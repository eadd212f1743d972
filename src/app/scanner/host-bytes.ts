import { totalmem } from 'node:os'

/** What there is, or what a limit around all of us leaves of it. */
export function hostBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}
