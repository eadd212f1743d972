import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'

const service = (limit: string): string => `
image: php:8-fpm
environment:
  PHP_MEMORY_LIMIT: ${limit}
mem_limit: 512m`

export const phpUnbounded: Rule = {
  id: 'P04',
  severity: 'high',
  title: 'PHP may take everything',
  why: 'With memory_limit=-1 a single request can fill the container. The kernel then kills a worker in the middle of its work, and nothing stands in the log of PHP. With a limit the one request fails, with a message.',
  reference: 'https://www.php.net/manual/en/ini.core.php#ini.memory-limit',
  examples: { bad: inService(service('»"-1"')), good: inService(service('128M')) },
  check: inContainers(LIMITED, function* ({ environment, words, effectiveLimit: limit, role }) {
    if (limit === null || role === 'init') return
    const message = `nothing but the limit ${limit.text} stops a request`
    const variable = environment.get('PHP_MEMORY_LIMIT')
    if (variable?.value === '-1') yield { place: variable.place, message }
    const option = words.find(({ text }) => /^(?:-d)?memory_limit=-1$/.test(text))
    if (option !== undefined) yield { place: option.place, message }
  }),
}
