import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { RuntimeMemory } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { linesOf } from '../lines.ts'
import { observation } from '../observe.ts'

/** INFO fields that are sizes in bytes (redis.io/commands/info). Ratios, percentages and texts for people are not. */
const BYTES =
  /^(?:used_memory(?!\w*(?:_human|_perc))\w*|maxmemory|mem_(?:clients|replication|aof|cluster|total|not|overhead)\w*|total_system_memory|allocator_(?:allocated|active|resident|muzzy)|(?:rdb|aof|module_fork)_last_cow_size|current_cow_(?:size|peak))$/

/** `redis-cli INFO` or `INFO memory`; also Valkey's. */
export const redisInfoFormat: TextFormat = {
  id: 'redis-info',
  recognise: (head) =>
    /^# (?:Server|Memory|Clients)\s*$/m.test(head) && /^used_memory:\d+\s*$/m.test(head),
  parse,
}

const MAX_FIELDS = 2_000

/** The fields of an INFO reply as they stand, also amid other replies of the same connection. The first of a name counts. */
export function redisInfoFields(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const { text: line } of linesOf(text.slice(0, 256 * 1024))) {
    const match = /^([a-z][a-z0-9_]{0,59}):(.{0,200})$/.exec(line)
    if (match?.[1] !== undefined && !fields.has(match[1])) fields.set(match[1], match[2] ?? '')
    if (fields.size === MAX_FIELDS) break
  }
  return fields
}

function parse(text: string, origin: Origin): Observation[] {
  const areas = new Map<string, number>()
  const told: string[] = []
  for (const [name, value] of redisInfoFields(text)) {
    if (!BYTES.test(name) || !/^\d{1,15}$/.test(value)) continue
    areas.set(name, Number(value))
    told.push(`${name}:${value}`)
  }
  const used = areas.get('used_memory')
  if (used === undefined) return []
  const peak = areas.get('used_memory_peak')
  const cow = areas.get('rdb_last_cow_size')
  const says = [
    `Redis uses ${formatBytes(used)}`,
    peak === undefined ? null : `peak ${formatBytes(peak)}`,
    cow === undefined || cow === 0
      ? null
      : `${formatBytes(cow)} copied by the last snapshot's fork`,
  ]
  const fact: RuntimeMemory = { kind: 'runtime-memory', runtime: 'redis', areas }
  return [
    observation(origin, {
      source: 'log',
      says: says.filter((part) => part !== null).join(', '),
      excerpt: told.join('\n'),
      fact,
    }),
  ]
}
