import type { ProcessState } from '../../../model/facts.ts'
import { redisInfoFields } from '../../../parsers/samples/redis-info.ts'

/** What INFO says; a field that this version lacks is null. */
export interface RedisFigures {
  /** `Redis 7.0.15`, `Valkey 8.0.1` */
  version: string | null
  usedBytes: number
  policy: string | null
  /** A size or a count; null where the server does not know the field. */
  number(field: string): number | null
  word(field: string): string | null
}

/** Null for whatever is no INFO of a server that keeps data: an error, a sentinel, TLS. */
export function redisFigures(text: string | null): RedisFigures | null {
  const fields = redisInfoFields(text ?? '')
  const number = (field: string): number | null => {
    const value = fields.get(field) ?? ''
    return /^\d{1,15}$/.test(value) ? Number(value) : null
  }
  const usedBytes = number('used_memory')
  if (usedBytes === null) return null
  return {
    version: versionOf(fields),
    usedBytes,
    policy: /^[a-z-]{1,30}$/.exec(fields.get('maxmemory_policy') ?? '')?.[0] ?? null,
    number,
    word: (field) => fields.get(field) ?? null,
  }
}

function versionOf(fields: ReadonlyMap<string, string>): string | null {
  const valkey = fields.get('valkey_version')
  const version = /^\d+(?:\.\d+){0,3}/.exec(valkey ?? fields.get('redis_version') ?? '')?.[0]
  if (version === undefined) return null
  return `${valkey === undefined ? 'Redis' : 'Valkey'} ${version}`
}

/** A server with the fork that writes a snapshot or rewrites its log, while there is one. */
export interface RedisProcesses {
  server: ProcessState
  forks: readonly ProcessState[]
}

const NAME = /^(?:redis|valkey|keydb)-server/

export function isRedis(process: ProcessState): boolean {
  const [program = ''] = process.command
  return NAME.test(process.name ?? '') || NAME.test(program.slice(program.lastIndexOf('/') + 1))
}

/** Forks keep the name of the program and change the title: `redis-rdb-bgsave *:6379`. */
export function withForks(
  server: ProcessState,
  processes: readonly ProcessState[],
): RedisProcesses {
  const forks = processes.filter(
    ({ parentPid, name }) => parentPid === server.pid && name === server.name,
  )
  return { server, forks }
}
