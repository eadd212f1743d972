import { formatBytes, MIB } from '../../../model/bytes.ts'
import { inContainers, LIMITED, type Rule } from '../../rule.ts'
import type { Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'
import { postgresSettings, settingBytes } from './postgres.ts'

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
    const sum =
      shared +
      connections * (work * hashMultiplier(settings) + CONNECTION_BYTES) +
      maintenanceBytes(settings)
    if (sum <= limit.bytes) return
    yield {
      place: word.place,
      message: `${connections} connections with work_mem ${formatBytes(work)} may take ${formatBytes(sum)}, ${percent(sum, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}

/** A hash may take twice work_mem, where nothing else is set. */
function hashMultiplier(settings: ReadonlyMap<string, Word>): number {
  const multiplier = Number(settings.get('hash_mem_multiplier')?.text ?? 2)
  return multiplier >= 1 ? multiplier : 2
}

/** What the workers that clean up may take together, where somebody set it. */
function maintenanceBytes(settings: ReadonlyMap<string, Word>): number {
  const each =
    settingBytes(settings, 'autovacuum_work_mem') ?? settingBytes(settings, 'maintenance_work_mem')
  const workers = Number(settings.get('autovacuum_max_workers')?.text ?? 3)
  return Number.isInteger(workers) && each !== null ? workers * each : 0
}
