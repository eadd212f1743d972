import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'
import { postgresSettings, settingBytes } from './postgres.ts'

const MOST = 0.4

const service = (size: string): string => `
image: postgres:17
command: [postgres, -c, »shared_buffers=${size}]
shm_size: 256m
mem_limit: 2g`

export const sharedBuffers: Rule = {
  id: 'B05',
  severity: 'high',
  title: 'shared_buffers takes too much of the limit',
  why: 'It is shared memory that cannot be reclaimed. A quarter is a good start, and more than 40 % is unlikely to help: connections, sorts and the page cache need the rest.',
  reference: 'https://www.postgresql.org/docs/current/runtime-config-resource.html',
  examples: {
    bad: inService(service('1GB')),
    good: inService(service('512MB').replace('»', '')),
  },
  check: inContainers(LIMITED, function* (container) {
    const { effectiveLimit: limit } = container
    const settings = postgresSettings(container)
    const bytes = settingBytes(settings, 'shared_buffers')
    const word = settings.get('shared_buffers')
    if (bytes === null || word === undefined || typeof limit?.bytes !== 'number') return
    if (bytes <= MOST * limit.bytes) return
    yield {
      place: word.place,
      message: `${formatBytes(bytes)} are ${percent(bytes, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
