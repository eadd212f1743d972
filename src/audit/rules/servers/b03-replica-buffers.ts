import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'
import { hasReplicas, redisOf } from './redis.ts'

const service = (buffer: string, mark = ''): string => `
image: redis:7
command: >-
  redis-server --save "" --maxmemory ${mark}200mb --min-replicas-to-write 1
  --client-output-buffer-limit "replica" ${buffer} 32mb 60
mem_limit: 400m`

export const replicaBuffers: Rule = {
  id: 'B03',
  severity: 'warning',
  title: 'No room for what a slow replica leaves behind',
  why: 'What is written and not yet sent to a replica waits in memory, and is not counted in maxmemory: nothing is evicted for it. While a replica loads a snapshot or cannot be reached, it grows up to client-output-buffer-limit, which is 256 MiB by default.',
  reference:
    'redis, evict.c, freeMemoryGetNotCountedMemory; redis.conf, client-output-buffer-limit; measured with Redis 7',
  examples: { bad: inService(service('256mb', '»')), good: inService(service('64mb')) },
  check: inContainers(LIMITED, function* (container, context) {
    const redis = redisOf(container)
    const { effectiveLimit: limit } = container
    if (!redis?.maxMemory?.bytes || typeof limit?.bytes !== 'number') return
    const { bytes, word } = redis.maxMemory
    if (bytes + redis.replicaBuffer <= limit.bytes || bytes > limit.bytes) return
    if (!hasReplicas(redis, container, context)) return
    const buffer = Number.isFinite(redis.replicaBuffer)
      ? `up to ${formatBytes(redis.replicaBuffer)}`
      : 'without a bound'
    yield {
      place: word.place,
      message: `beside ${formatBytes(bytes)} of data, what a replica has not read may take ${buffer}, and the limit is ${sized(limit)}`,
    }
  }),
}
