import { formatBytes, MIB } from '../../../model/bytes.ts'
import { programWords } from '../../documents/words.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { gunicornOf } from '../../runtimes/gunicorn.ts'
import type { Container, Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'

const MOST = 0.8

/** What a worker adds that has done nothing yet, with a small application of its own: measured, and far below what it takes at work. */
const PYTHON_BYTES = 14 * MIB
const RUBY_BYTES = 12 * MIB
const SERVERS: readonly { program: RegExp; bytes: number; options: readonly string[] }[] = [
  { program: /^uvicorn$/, bytes: PYTHON_BYTES, options: ['--workers'] },
  { program: /^celery$/, bytes: PYTHON_BYTES, options: ['-c', '--concurrency'] },
  { program: /^puma$/, bytes: RUBY_BYTES, options: ['-w', '--workers'] },
]

const service = (workers: string): string => `
image: registry.example.com/web:1
command: gunicorn -w ${workers} app:app
mem_limit: 512m`

export const workers: Rule = {
  id: 'P01',
  severity: 'high',
  title: 'More workers than fit into the limit',
  why: 'Each worker is a process of its own. With an idle interpreter in each, most of the limit is used before the first request; a loaded application takes several times as much.',
  reference:
    'measured: an idle worker adds 14 MiB with Flask, Celery or uvicorn, 25 MiB with Django, 12 MiB with Sinatra under Puma; take the 95th percentile of your own',
  examples: { bad: inService(service('»32')), good: inService(service('4')) },
  check: inContainers(LIMITED, function* (container) {
    const { effectiveLimit: limit } = container
    const found = workersOf(container)
    if (found === null || typeof limit?.bytes !== 'number') return
    // What is loaded before the fork is there once.
    if (container.words.some(({ text }) => /^--preload(?:-app)?$/.test(text))) return
    const least = found.workers * found.bytes
    if (least <= MOST * limit.bytes) return
    yield {
      place: found.word.place,
      message: `${found.workers} workers take ${formatBytes(least)} while they are idle, ${percent(least, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}

interface Workers {
  workers: number
  /** Of each. */
  bytes: number
  word: Word
}

function workersOf(container: Container): Workers | null {
  const gunicorn = gunicornOf(container)?.settings.get('workers')
  if (gunicorn !== undefined) return countOf(gunicorn.value, PYTHON_BYTES, gunicorn.word)
  for (const { program, bytes, options } of SERVERS) {
    const own = programWords(container.words, program)
    for (const [at, { text }] of own.entries()) {
      const [name = '', joined] = text.split('=', 2)
      if (!options.includes(name)) continue
      const word = joined === undefined ? own[at + 1] : own[at]
      const count = word === undefined ? null : countOf(joined ?? word.text, bytes, word)
      if (count !== null) return count
    }
  }
  return null
}

function countOf(text: string | null, bytes: number, word: Word): Workers | null {
  const count = Number(text ?? 'none')
  return Number.isInteger(count) && count > 0 ? { workers: count, bytes, word } : null
}
