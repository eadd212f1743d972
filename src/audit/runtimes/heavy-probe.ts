import { formatBytes, MIB } from '../../model/bytes.ts'
import { programIndex } from '../documents/words.ts'
import type { RuleFinding } from '../rule.ts'
import type { Container } from '../workload.ts'
import { heapCapOf } from './heap.ts'

/** A JVM that does nothing takes about 40 MiB, an idle Node.js 39 to 42 MiB (measured). */
const LEAST_FREE = 64 * MIB
const HEAVY = /^(?:java|jcmd|node|python3?)$/

/** Checks that start a runtime of their own in a container whose heap leaves little room. */
export function* heavyProbes(container: Container): Generator<RuleFinding> {
  const limit = container.effectiveLimit?.bytes ?? null
  const heap = heapCapOf(container)
  if (limit === null || heap === null || limit - heap.bytes >= LEAST_FREE) return
  if (heap.bytes >= limit) return
  for (const { words, place } of container.probes) {
    const program = words[programIndex(words, HEAVY)]
    if (program === undefined) continue
    yield {
      place: words[0] === program ? program.place : place,
      message: `${program.text} is started beside ${heap.says}, which leaves ${formatBytes(limit - heap.bytes)}`,
    }
  }
}
