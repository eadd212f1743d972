import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { programWords } from '../../documents/words.ts'
import { gunicornOf } from '../../runtimes/gunicorn.ts'
import { phpOf } from '../../runtimes/php.ts'
import type { Container, Word } from '../../workload.ts'
import { inService } from '../examples.ts'

const service = (options: string, mark = ''): string => `
image: registry.example.com/web:1
command: ${mark}gunicorn -w 4 ${options}app:app
mem_limit: 1g`

export const noRecycling: Rule = {
  id: 'P03',
  severity: 'info',
  isOptional: true,
  title: 'Workers live for ever',
  why: 'A worker keeps what its largest request took, and what its libraries leak. Where it is replaced after some thousands of requests, that does not add up.',
  reference:
    'gunicorn, settings, max_requests; celery, worker_max_tasks_per_child; php-fpm, pm.max_requests',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service('--max-requests 1000 --max-requests-jitter 100 ')),
  },
  check: inContainers(LIMITED, function* (container) {
    for (const { place, setting } of lasting(container)) {
      yield { place, message: `without ${setting} a worker keeps what it ever took` }
    }
  }),
}

interface Lasting {
  place: Word['place']
  /** What would replace its workers. */
  setting: string
}

function lasting(container: Container): Lasting[] {
  const gunicorn = gunicornOf(container)
  const recycles = gunicorn?.settings.get('max_requests')
  const isUnset = recycles === undefined || recycles.value === '0'
  if (gunicorn !== null && gunicorn.isWhole && isUnset) {
    return [{ place: recycles?.word.place ?? gunicorn.place, setting: 'max_requests' }]
  }
  const celery = programWords(container.words, /^celery$/)
  const [program] = celery
  const isWorker = celery.some(({ text }) => text === 'worker')
  const isBounded = celery.some(({ text }) => /^--max-(?:tasks|memory)-per-child\b/.test(text))
  if (program !== undefined && isWorker && !isBounded) {
    return [{ place: program.place, setting: '--max-tasks-per-child' }]
  }
  return (phpOf(container)?.pools ?? []).flatMap(({ maxRequests, maxChildren }) =>
    maxChildren !== null && (maxRequests === null || maxRequests.text === '0')
      ? [{ place: (maxRequests ?? maxChildren).place, setting: 'pm.max_requests' }]
      : [],
  )
}
