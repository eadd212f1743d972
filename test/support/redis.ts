import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestGroup, TestProcess } from './cgroups.ts'
import { run, testbedFolder, tryRun, until } from './testbed.ts'

/** A Redis of the tests' own, inside a group, that listens on a Unix socket alone and saves only when it is told to. */
export interface TestRedis {
  process: TestProcess
  /** One command, by redis-cli. */
  cli(...command: string[]): string
  /** A field of INFO; null where it does not answer. */
  info(field: string): string | null
  /** Fills it with so many keys `key:N` of values of one size. */
  fill(keys: number, valueBytes: number): void
  /** Overwrites random keys at a steady pace until it is told to stop, or Redis is gone; tells how many it wrote. */
  write(keys: number, valueBytes: number, perSecond: number): { stop(): number }
  /** Kills it and takes its files away. */
  end(): Promise<void>
}

export async function startRedis(group: TestGroup): Promise<TestRedis> {
  const folder = testbedFolder(`redis-${process.pid}`)
  const socket = join(folder, 'socket')
  const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '']
  const debug = ['--enable-debug-command', 'yes', '--logfile', join(folder, 'log')]
  const server = group.start(['redis-server', ...options, ...debug])
  const cli = (...command: string[]): string => run(['redis-cli', '-s', socket, ...command]).trim()
  await until('Redis answers', () => tryRun(['redis-cli', '-s', socket, 'PING']).status === 0)
  return {
    process: server,
    cli,
    info(field) {
      const { status, stdout } = tryRun(['redis-cli', '-s', socket, 'INFO'])
      const line = stdout.split(/\r?\n/).find((entry) => entry.startsWith(`${field}:`))
      return status === 0 && line !== undefined ? line.slice(field.length + 1) : null
    },
    fill: (keys, valueBytes) =>
      void cli('DEBUG', 'POPULATE', String(keys), 'key', String(valueBytes)),
    write: (keys, valueBytes, perSecond) => writeSteadily(socket, { keys, valueBytes, perSecond }),
    async end() {
      server.child.kill('SIGKILL')
      await server.ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const TICK_MS = 10

function writeSteadily(
  path: string,
  { keys, valueBytes, perSecond }: { keys: number; valueBytes: number; perSecond: number },
): { stop(): number } {
  const socket: Socket = connect(path)
  // A server that is killed resets it.
  socket.on('error', () => socket.destroy())
  socket.resume()
  const started = performance.now()
  let written = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1_000) * perSecond)
    const commands: string[] = []
    for (; written < due; written++) {
      const key = `key:${Math.floor(Math.random() * keys)}`
      const value = String(written).padStart(valueBytes, 'x')
      commands.push(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n${value}\r\n`)
    }
    if (!socket.destroyed) socket.write(commands.join(''))
  }, TICK_MS)
  return {
    stop() {
      clearInterval(timer)
      socket.destroy()
      return written
    },
  }
}
