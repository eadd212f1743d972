import type { Finding, Signature } from '../signature.ts'

import { MIB } from '../../../model/bytes.ts'
import { logHint, runtimeOom } from '../signature.ts'

/** V8, and Node around it. A RangeError "Invalid array length" is a wrong argument, not a lack of memory. */
export const node: Signature = {
  id: 'node',
  needles: [
    'heap out of memory',
    'Allocation failed',
    'JavaScript out of memory',
    'Fatal process out of memory',
    'Array buffer allocation failed',
    'ERR_WORKER_OUT_OF_MEMORY',
    'Mark-Compact',
    'Mark-sweep',
  ],

  read(line) {
    return readAbort(line) ?? readError(line) ?? readCollection(line)
  },

  trace: /^(?:\s|Node\.js v\d|\}|Emitted '|Thrown at:)/,
}

function readAbort(line: string): Finding | null {
  const match =
    /^(?:\d+: )?FATAL ERROR: (.*(?:Allocation failed|out of memory).*)$/.exec(line) ??
    /^# Fatal (?:JavaScript|process) out of memory: (.*)$/.exec(line)
  if (match === null) return null
  const detail = (match[1] ?? '').slice(0, 200)
  const area = /invalid (?:array|table) (?:length|size)/i.test(detail)
    ? 'array-size'
    : /process out of memory/.test(line)
      ? 'native'
      : 'heap'
  return runtimeOom('node', area, 'yes', line, `V8 aborted: ${detail}`)
}

function readError(line: string): Finding | null {
  const buffer = /\bRangeError: Array buffer allocation failed/.exec(line)
  if (buffer !== null)
    return runtimeOom(
      'node',
      'array-buffer',
      buffer.index === 0 ? 'if-last' : 'no',
      line,
      'Node got no memory for an ArrayBuffer',
    )
  if (!line.includes('ERR_WORKER_OUT_OF_MEMORY')) return null
  return runtimeOom(
    'node',
    'worker-heap',
    line.startsWith('Error [ERR_WORKER_OUT_OF_MEMORY]') ? 'if-last' : 'no',
    line,
    'A worker thread of Node reached its heap limit',
  )
}

/** `Mark-Compact (reduce) 64.0 (66.5) -> 63.8 (66.5) MB`: V8 writes MB and means MiB. Two may stand in one line. */
function readCollection(line: string): Finding | null {
  const found = [
    ...line
      .slice(0, 4_000)
      .matchAll(
        /ms: Mark-[\w-]+ (?:\([^)]{1,30}\) )?[\d.]{1,12} \([\d.]{1,12}\) -> ([\d.]{1,12}) \(/g,
      ),
  ].at(-1)
  const used = Number(found?.[1] ?? Number.NaN)
  if (Number.isNaN(used)) return null
  return logHint(
    'heap-used',
    line,
    `V8 had ${used} MiB of heap in use after a full collection`,
    Math.round(used * MIB),
  )
}
