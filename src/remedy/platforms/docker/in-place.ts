/** A new limit while the container goes on, or before it is started again. */
import { inMegabytes } from './words.ts'
import { formatBytes } from '../../../model/bytes.ts'
import type { FixStep } from '../../../model/fix.ts'
import { quote } from '../../../advice/shell.ts'
import { died } from './inspected.ts'
import type { Inspected } from './inspected.ts'
import { memoryFor } from './memory.ts'
import type { Move } from './moves.ts'

export function inPlaceSteps(where: string, found: Inspected, limitBytes: number): FixStep[] {
  const { id, name, memory } = found
  const after = memoryFor(memory, limitBytes)
  const swap = after.MemorySwap === -1 ? '-1' : inMegabytes(after.MemorySwap)
  const limit: Move = { move: 'limit', where, id, before: memory, after }
  const start: Move = { move: 'start', where, container: id, aside: null, limitBytes }
  const steps: FixStep[] = [
    {
      id: 'limit',
      says: `set the memory limit of ${name} to ${formatBytes(limitBytes)}`,
      command: `docker update --memory ${inMegabytes(limitBytes)} --memory-swap ${swap} ${quote(name)}`,
      data: limit,
    },
  ]
  if (!died(found)) return steps
  return [
    ...steps,
    {
      id: 'start',
      says: `start ${name} again`,
      command: `docker start ${quote(name)}`,
      data: start,
    },
  ]
}
