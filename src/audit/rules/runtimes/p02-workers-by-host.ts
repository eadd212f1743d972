import { inContainers, EVERYWHERE, type Rule } from '../../rule.ts'
import { programIndex } from '../../documents/words.ts'
import { gunicornOf } from '../../runtimes/gunicorn.ts'
import type { Container, Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { isUnbounded } from '../inputs.ts'

const COUNTS_HOST = /\$\(\s*nproc\b|`\s*nproc\b|\bmultiprocessing\.cpu_count\(|\/proc\/cpuinfo/
const IS_COUNT = /^(?:int\()?[\d\s+*()]*(?:multiprocessing\.|os\.)?cpu_count\(\)[\d\s+*()]*$/
const SERVER =
  /^(?:gunicorn|uvicorn|hypercorn|celery|puma|unicorn|pm2|pm2-runtime|uwsgi|daphne|granian)$/

const service = (workers: string): string => `
image: registry.example.com/web:1
command: [sh, -c, 'exec gunicorn -w ${workers} app:app']
mem_limit: 1g`

export const workersByHost: Rule = {
  id: 'P02',
  severity: 'high',
  title: 'As many workers as the machine has processors',
  why: 'nproc and cpu_count() see the processors of the machine, and not the share that the container may use. On a large node the same image starts dozens of workers, and their memory does not fit into the limit.',
  reference:
    'gunicorn, docs/guides/docker.md; nproc(1) counts the processors that may be run on, not a quota',
  examples: { bad: inService(service('$»$(nproc)')), good: inService(service('4')) },
  check: inContainers(EVERYWHERE, function* (container) {
    const word = countInCommand(container) ?? countInConfiguration(container)
    if (word === null || isUnbounded(container)) return
    yield {
      place: word.place,
      message: `${container.name} starts more workers on a larger machine, in the same limit`,
    }
  }),
}

function countInCommand({ words }: Container): Word | null {
  if (programIndex(words, SERVER) === -1) return null
  return words.find(({ text }) => COUNTS_HOST.test(text)) ?? null
}

/** gunicorn.conf.py, where the number hangs on the processors and on nothing else. */
function countInConfiguration(container: Container): Word | null {
  const count = gunicornOf(container)?.settings.get('workers')
  return count !== undefined && IS_COUNT.test(count.word.text) ? count.word : null
}
