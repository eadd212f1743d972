import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { TestGroup, TestProcess } from './cgroups.ts'
import type { WriterData, WriterLoad } from './redis-writer.ts'
import { run, testbedFolder, tryRun, until } from './testbed.ts'

/** A Redis that is reached by its Unix socket. */
export interface RedisClient {
  /** One command, by redis-cli. */
  cli(...command: string[]): string
  /** A field of INFO; null where it does not answer. */
  info(field: string): string | null
  /** Fills it with so many keys `key:N` of values of one size. */
  fill(keys: number, valueBytes: number): void
  /** A snapshot by a child of its own; nothing where one is being written, or Redis is gone. */
  snapshot(): void
  /** Overwrites random keys of the first ones at a steady pace, also when Redis was away; tells how many it wrote. */
  write(keys: number, valueBytes: number, perSecond: number): { stop(): number }
}

/** A Redis of the tests' own, inside a group, that listens on a Unix socket alone and saves only when it is told to. */
export interface TestRedis extends RedisClient {
  process: TestProcess
  /** Kills it and takes its files away. */
  end(): Promise<void>
}

export async function startRedis(group: TestGroup): Promise<TestRedis> {
  const folder = testbedFolder(`redis-${process.pid}`)
  const socket = join(folder, 'socket')
  const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '']
  const debug = ['--enable-debug-command', 'yes', '--logfile', join(folder, 'log')]
  const server = group.start(['redis-server', ...options, ...debug])
  const client = redisAt(socket)
  await until('Redis answers', () => tryRun(['redis-cli', '-s', socket, 'PING']).status === 0)
  return {
    process: server,
    ...client,
    async end() {
      server.child.kill('SIGKILL')
      await server.ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function redisAt(socket: string): RedisClient {
  const cli = (...command: string[]): string => run(['redis-cli', '-s', socket, ...command]).trim()
  return {
    cli,
    info(field) {
      const { status, stdout } = tryRun(['redis-cli', '-s', socket, 'INFO'])
      const line = stdout.split(/\r?\n/).find((entry) => entry.startsWith(`${field}:`))
      return status === 0 && line !== undefined ? line.slice(field.length + 1) : null
    },
    fill: (keys, valueBytes) =>
      void cli('DEBUG', 'POPULATE', String(keys), 'key', String(valueBytes)),
    snapshot: () => void tryRun(['redis-cli', '-s', socket, 'BGSAVE']),
    write: (keys, valueBytes, perSecond) => writeSteadily(socket, { keys, valueBytes, perSecond }),
  }
}

/** In a thread of its own: tests wait for programs with their own thread standing still. */
function writeSteadily(path: string, load: WriterLoad): { stop(): number } {
  const written = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const data: WriterData = { ...load, path, written }
  const thread = new Worker(new URL('redis-writer.ts', import.meta.url), { workerData: data })
  return {
    stop() {
      void thread.terminate()
      return Atomics.load(written, 0)
    },
  }
}
