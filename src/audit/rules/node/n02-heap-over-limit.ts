import { formatBytes, GIB, MIB } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { replaced } from '../edits.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'
import { percent, sized } from '../words.ts'
import { isForOneLimit } from '../shared-lines.ts'

const SHARE = 0.75
/** What Node.js needs beside its old space is no share of it. */
const ENOUGH_BYTES = GIB

const service = (size: number, mark = ''): string => `
image: registry.example.com/web:1
command: [node, ${mark}--max-old-space-size=${size}, server.js]
mem_limit: 1g`

export const nodeHeapOverLimit: Rule = {
  id: 'N02',
  severity: 'high',
  title: 'The heap of Node.js leaves too little of the limit',
  why: 'The option bounds the old space alone, in MiB. The young generation, buffers, code and native memory come on top, so the kernel kills before V8 would say that it is out of memory.',
  reference:
    'measured: in 256 MiB a leak with 160 ends with code 134 (V8), without an option with 137 (the kernel)',
  examples: { bad: inService(service(2048, '»')), good: inService(service(700)) },
  check: inNodes(function* ({ oldSpace }, { effectiveLimit: limit }, context) {
    if (
      oldSpace === null ||
      typeof limit?.bytes !== 'number' ||
      oldSpace.bytes <= SHARE * limit.bytes
    )
      return
    const { bytes, word } = oldSpace
    if (limit.bytes - bytes >= ENOUGH_BYTES) return
    const fitting = Math.floor((limit.bytes * SHARE) / MIB)
    const canMend = fitting > 0 && isForOneLimit(word.place, context)
    yield {
      place: word.place,
      severity: bytes >= limit.bytes ? 'critical' : 'high',
      message: `${formatBytes(bytes)} of old space are ${percent(bytes, limit.bytes)} of the limit ${sized(limit)}; ${fitting} fits`,
      edits: canMend ? replaced(word, word.text.replace(/(?<!\d)\d+$/, String(fitting))) : [],
    }
  }),
}
