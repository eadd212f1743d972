import { inContainers, EVERYWHERE, type Rule } from '../../rule.ts'
import { programIndex } from '../../documents/words.ts'
import { inService } from '../examples.ts'

const COUNTS_HOST = /\$\(\s*nproc\b|`\s*nproc\b|\bmultiprocessing\.cpu_count\(|\/proc\/cpuinfo/
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
  check: inContainers(EVERYWHERE, function* ({ words, name }) {
    if (programIndex(words, SERVER) === -1) return
    const word = words.find(({ text }) => COUNTS_HOST.test(text))
    if (word === undefined) return
    yield {
      place: word.place,
      message: `${name} starts more workers on a larger machine, in the same limit`,
    }
  }),
}
