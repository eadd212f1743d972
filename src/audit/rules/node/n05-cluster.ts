import { formatBytes } from '../../../model/bytes.ts'
import { programWords } from '../../documents/words.ts'
import type { Rule } from '../../rule.ts'
import { pm2Apps } from '../../settings/pm2.ts'
import type { Container, Word } from '../../workload.ts'
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
  check: inNodes(function* (node, container) {
    const { effectiveLimit: limit } = container
    if (typeof limit?.bytes !== 'number' || !node.isWhole || node.isBounded) return
    const count = workersOf(container)
    if (count === null) return
    const each = node.oldSpace?.bytes ?? defaultHeapBytes(limit.bytes)
    const sum = each * count.workers
    if (sum <= MOST * limit.bytes) return
    yield {
      place: count.word.place,
      message: `${count.workers} heaps of ${formatBytes(each)} are ${percent(sum, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}

/** Of the command line, or of the one program in the file that it names. */
function workersOf(container: Container): { workers: number; word: Word } | null {
  const words = programWords(container.words, /^pm2(?:-runtime)?$/)
  const at = words.findIndex(({ text }) => text === '-i' || text === '--instances')
  const [app, other] = pm2Apps(container) ?? []
  const option = at === -1 ? undefined : words[at + 1]
  const word = option ?? (other === undefined ? app?.instances : null)
  const workers = Number(word?.text ?? 'none')
  return word && Number.isInteger(workers) && workers > 1 ? { workers, word } : null
}
