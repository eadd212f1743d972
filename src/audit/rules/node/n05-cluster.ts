import { formatBytes } from '../../../model/bytes.ts'
import { programWords } from '../../documents/words.ts'
import type { Rule } from '../../rule.ts'
import type { Word } from '../../workload.ts'
import { defaultHeapBytes } from '../../runtimes/node.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.8

const service = (workers: string): string => `
image: registry.example.com/web:1
command: [pm2-runtime, server.js, -i, ${workers}]
mem_limit: 1g`

export const cluster: Rule = {
  id: 'N05',
  severity: 'high',
  title: 'Each worker plans with the memory of all',
  why: 'Every process of a cluster sizes its heap by the whole limit. Together they may take several times of it, and the kernel kills one of them under load.',
  reference: 'measured: 4 workers with a heap of 524 MiB each in 1 GiB',
  examples: {
    bad: inService(service('»"4"')),
    good: inService(`${service('"4"')}\nenvironment:\n  NODE_OPTIONS: --max-old-space-size=180`),
  },
  check: inNodes(function* (node, { effectiveLimit: limit, words }) {
    const count = workersOf(programWords(words, /^pm2(?:-runtime)?$/))
    if (count === null || typeof limit?.bytes !== 'number' || !node.isWhole || node.isBounded)
      return
    const each = node.oldSpace?.bytes ?? defaultHeapBytes(limit.bytes)
    const sum = each * count.workers
    if (sum <= MOST * limit.bytes) return
    yield {
      place: count.word.place,
      message: `${count.workers} heaps of ${formatBytes(each)} are ${percent(sum, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}

function workersOf(words: readonly Word[]): { workers: number; word: Word } | null {
  const at = words.findIndex(({ text }) => text === '-i' || text === '--instances')
  const word = at === -1 ? undefined : words[at + 1]
  const workers = Number(word?.text ?? 'none')
  return word !== undefined && Number.isInteger(workers) && workers > 1 ? { workers, word } : null
}
