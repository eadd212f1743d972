import type { Signature } from '../signature.ts'

import { formatBytes } from '../../../model/bytes.ts'
import { logHint } from '../signature.ts'

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
}

/** The garbage collector's log of a Java VM: unified logging (-Xlog:gc*), and -verbose:gc of JDK 8. */
export const javaGc: Signature = {
  id: 'java-gc',
  needles: ['Heap Max Capacity: ', ') Pause ', ') Garbage Collection (', '[GC (', '[Full GC ('],

  read(line) {
    const capacity = /\bHeap Max Capacity: (\d{1,15})([BKMGT]?)\b/.exec(line)
    if (capacity !== null) {
      const limit = bytes(capacity[1], capacity[2])
      return logHint('heap-limit', line, `The Java heap may grow to ${formatBytes(limit)}`, limit)
    }
    const used =
      /\bGC\(\d+\) (?:Pause|Garbage Collection) .{0,200}?\b\d{1,15}[BKMGT](?:\(\d+%\))?->(\d{1,15})([BKMGT])/.exec(
        line,
      ) ?? /\[(?:Full )?GC \(.{1,400}?\] \d{1,15}K->(\d{1,15})(K)\(\d+K\)/.exec(line)
    if (used === null) return null
    const after = bytes(used[1], used[2])
    return logHint(
      'heap-used',
      line,
      `Java had ${formatBytes(after)} of heap in use after a collection`,
      after,
    )
  },
}

function bytes(digits: string | undefined, unit: string | undefined): number {
  return Number(digits ?? 0) * (UNITS[unit || 'B'] ?? 1)
}
