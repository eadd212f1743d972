import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'
import { sized } from '../words.ts'
import { addedVariable } from './added-variable.ts'

/** Below it, what Node.js needs beside its heap of at least 259 MiB does not fit. */
const LEAST_BYTES = 350 * MIB
const SHARE = 0.7

export const heapFloor: Rule = {
  id: 'N01',
  severity: 'high',
  title: 'The heap of Node.js has a floor that does not fit into this limit',
  why: 'Without an option V8 lets the heap grow to 259 MiB at least, however small the limit is. The kernel kills with exit code 137 before V8 would collect in earnest, or say that it is out of memory.',
  reference:
    'measured: Node 20, 22 and 24 give heap_size_limit 259 MiB in 64, 128 and 256 MiB; nodejs/node 64646',
  examples: {
    bad: inService(
      'image: registry.example.com/web:1\ncommand: [»node, server.js]\nmem_limit: 256m',
    ),
    good: inService(
      'image: registry.example.com/web:1\ncommand: [node, --max-old-space-size=160, server.js]\nmem_limit: 256m',
    ),
  },
  check: inNodes(function* (node, container, context) {
    const { effectiveLimit: limit, words, image, place, isWhole } = container
    if (!isWhole || !node.isWhole || !node.runsNode || node.isBounded || node.oldSpace !== null)
      return
    if (typeof limit?.bytes !== 'number' || limit.bytes >= LEAST_BYTES || limit.bytes < 32 * MIB)
      return
    const heap = Math.floor((limit.bytes * SHARE) / MIB)
    const option = `--max-old-space-size=${heap}`
    yield {
      place: words[0]?.place ?? image?.place ?? place,
      message: `the heap may grow to 259 MiB in ${sized(limit)}; NODE_OPTIONS=${option} keeps it to ${formatBytes(heap * MIB)}`,
      edits: addedVariable(container, context, 'NODE_OPTIONS', option),
    }
  }),
}
