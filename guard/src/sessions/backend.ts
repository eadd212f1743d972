import { GuardError } from '../errors.ts'

/** Where sessions outlive the process. Each call may fail, or take forever. */
export interface SessionBackend {
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
}

/** A client of Redis: `redis` (node-redis), with `sendCommand`, or `ioredis`, with `call`. */
export interface RedisClient {
  sendCommand?: unknown
  call?: unknown
}

/**
 * Sessions in Redis, by the service's own client, which connects, reconnects and authenticates.
 *
 * @throws {GuardError} for a client that is neither of the two
 */
export function redisBackend(client: RedisClient): SessionBackend {
  const send = senderOf(client)
  return {
    async get(key) {
      const value = await send(['GET', key])
      return typeof value === 'string' ? value : null
    },
    async set(key, value, ttlMs) {
      await send(['SET', key, value, 'PX', String(Math.max(1, Math.round(ttlMs)))])
    },
    async delete(key) {
      await send(['DEL', key])
    },
  }
}

function senderOf(client: RedisClient): (words: string[]) => Promise<unknown> {
  const { call, sendCommand } = client
  // That of ioredis takes an object of its own for `sendCommand`, so it is asked for its other name first.
  if (typeof call === 'function')
    return async ([name, ...words]) => call.call(client, name, ...words)
  if (typeof sendCommand === 'function') return async (words) => sendCommand.call(client, words)
  throw new GuardError(
    'bad-redis-client',
    'the client of Redis has neither call nor sendCommand: give one of ioredis or of redis (node-redis)',
  )
}
