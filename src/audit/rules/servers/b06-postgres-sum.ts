import { formatBytes, MIB } from '../../../model/bytes.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'
import { postgresSettings, settingBytes } from './postgres.ts'

/** hash_mem_multiplier: a hash may take twice work_mem. */
const HASH_MULTIPLIER = 2
/** What a connection takes that does nothing. */
const CONNECTION_BYTES = 10 * MIB

const service = (work: string, mark = ''): string => `
image: postgres:17
command: [postgres, -c, shared_buffers=512MB, -c, ${mark}max_connections=200, -c, work_mem=${work}]
shm_size: 256m
mem_limit: 4g`

export const postgresSum: Rule = {
  id: 'B06',
  severity: 'warning',
  title: 'All connections of PostgreSQL together pass the limit',
  why: 'work_mem is what one sort or hash may take, not what a server may. If all connections that are allowed do one such step at once, the kernel kills one of them, and PostgreSQL restarts all.',
  reference:
    'https://www.postgresql.org/docs/current/runtime-config-resource.html (hash_mem_multiplier 2; 10 MiB a connection is a floor)',
  examples: { bad: inService(service('64MB', '»')), good: inService(service('2MB')) },
  check: inContainers(LIMITED, function* (container) {
    const { effectiveLimit: limit } = container
    const settings = postgresSettings(container)
    const word = settings.get('max_connections')
    const connections = Number(word?.text ?? 'none')
    const work = settingBytes(settings, 'work_mem')
    if (word === undefined || work === null || typeof limit?.bytes !== 'number') return
    if (!Number.isInteger(connections)) return
    const shared = settingBytes(settings, 'shared_buffers') ?? 128 * MIB
    const sum = shared + connections * (work * HASH_MULTIPLIER + CONNECTION_BYTES)
    if (sum <= limit.bytes) return
    yield {
      place: word.place,
      message: `${connections} connections with work_mem ${formatBytes(work)} may take ${formatBytes(sum)}, ${percent(sum, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
