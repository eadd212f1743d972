import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'
import { redisOf } from './redis.ts'

const service = (options: string, mark = ''): string => `
image: redis:7
command: [${mark}redis-server, --save, ""${options}]
mem_limit: 512m`

export const redisUnbounded: Rule = {
  id: 'B01',
  severity: 'high',
  title: 'Redis does not know of its limit',
  why: 'Without maxmemory it takes keys until the kernel kills it, and everything since the last snapshot is lost. With it, it evicts keys or refuses writes.',
  reference: 'redis.conf, maxmemory',
  examples: {
    bad: inService(service('', '»')),
    good: inService(service(', --maxmemory, 300mb')),
  },
  check: inContainers(LIMITED, function* (container) {
    const redis = redisOf(container)
    const { effectiveLimit: limit } = container
    if (redis === null || typeof limit?.bytes !== 'number') return
    if (redis.maxMemory !== null && redis.maxMemory.bytes > 0) return
    const place = redis.maxMemory?.word.place ?? redis.place
    yield { place, message: `no maxmemory is set, and the limit is ${sized(limit)}` }
  }),
}
