import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'
import { hasReplicas, redisOf } from './redis.ts'

/** While it writes, a fork holds a copy of every page that changes. */
const MOST_SAVED = 0.5
const MOST = 0.75

const service = (size: string): string => `
image: redis:7
command: [redis-server, --appendonly, "yes", --maxmemory, ${size}]
mem_limit: 512m`

export const redisNoRoomToFork: Rule = {
  id: 'B02',
  severity: 'high',
  title: 'maxmemory leaves no room for what Redis needs beside its data',
  why: 'For a snapshot Redis forks, and each page that is written meanwhile is there twice. Fragmentation and the buffers of clients are not counted in maxmemory either. Under writes, a data set of more than half the limit is killed within the first snapshot.',
  reference:
    'measured: maxmemory 400mb in 512 MiB is killed less than 0.4 s after BGSAVE under writes',
  examples: { bad: inService(service('»400mb')), good: inService(service('200mb')) },
  check: inContainers(LIMITED, function* (container, context) {
    const redis = redisOf(container)
    const { effectiveLimit: limit } = container
    if (!redis?.maxMemory?.bytes || typeof limit?.bytes !== 'number') return
    const { bytes, word } = redis.maxMemory
    // A replica gets a snapshot first, with or without a disk.
    const why = redis.isSaved
      ? ', and it forks to save'
      : hasReplicas(redis, container, context)
        ? ', and it forks for its replicas'
        : ''
    if (bytes <= (why === '' ? MOST : MOST_SAVED) * limit.bytes) return
    yield {
      place: word.place,
      severity: why === '' ? 'high' : 'critical',
      message: `${formatBytes(bytes)} of data are ${percent(bytes, limit.bytes)} of the limit ${sized(limit)}${why}`,
    }
  }),
}
