import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { errorCode } from '../../model/error-code.ts'
import type { JvmTarget } from './jvm-target.ts'

export type Exchange =
  | { outcome: 'heard'; text: string; truncated: boolean }
  /** Nobody listens on the socket. */
  | { outcome: 'refused' }
  /** It took the connection and closed it without a word. */
  | { outcome: 'hung-up' }
  | { outcome: 'failed'; why: string }

/** The longest answer we ask for, all flags, has 0.1 MiB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024
const CHILD_PATIENCE_MS = 5_000

/**
 * Sends a command to the socket behind an open file, as the user that we are. Through the descriptor, the socket is the very one
 * that was looked at, and its path may be of any length.
 */
export function exchange(
  socketFd: number,
  command: string,
  signal: AbortSignal,
): Promise<Exchange> {
  const socket = connect(`/proc/self/fd/${socketFd}`)
  socket.on('connect', () => socket.write(request(command)))
  return listen(socket, signal, () => socket.destroy())
}

/**
 * The same as the target's own user: the peer's identity is fixed when a process connects, so that a process of its own does it. It
 * gets nothing but the two descriptors.
 */
export function exchangeAs(
  target: JvmTarget,
  socketFd: number,
  command: string,
  signal: AbortSignal,
): Promise<Exchange> {
  const child = become(target, SPEAKER, [], socketFd)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(request(command))
  const { stdout } = child
  if (stdout === null)
    return Promise.resolve({ outcome: 'failed', why: 'no process could be started' })
  return new Promise((resolve) => {
    child.on('error', () =>
      resolve({ outcome: 'failed', why: `no process could be started as user ${target.uid}` }),
    )
    void listen(stdout, signal, () => child.kill('SIGKILL')).then(resolve)
  })
}

/** Makes an empty file in a folder as the target's own user; whether it is there now. */
export function createAs(target: JvmTarget, folderFd: number, name: string): Promise<boolean> {
  const child = become(target, MAKER, [name], folderFd)
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), CHILD_PATIENCE_MS)
    const finish = (done: boolean): void => {
      clearTimeout(timer)
      resolve(done)
    }
    child.on('error', () => finish(false))
    child.on('exit', (code) => finish(code === 0))
  })
}

/** Version of the protocol, operation, and three arguments. */
function request(command: string): string {
  return `1\0jcmd\0${command}\0\0\0`
}

/** Through /proc/self/exe: the path of our own program may lie where that user may not go. */
function become({ uid, gid }: JvmTarget, script: string, args: readonly string[], fd: number) {
  return spawn('/proc/self/exe', ['-e', script, ...args], {
    argv0: 'node',
    uid,
    gid,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'ignore', fd],
  })
}

const SPEAKER = `
const socket = require('node:net').connect('/proc/self/fd/3')
socket.on('error', () => process.exit(1))
socket.on('connect', () => process.stdin.pipe(socket, { end: false }))
socket.on('close', () => process.stdin.destroy())
socket.pipe(process.stdout)
`

const MAKER = `
const { closeSync, constants, openSync } = require('node:fs')
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
const path = '/proc/self/fd/3/' + process.argv[1]
closeSync(openSync(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600))
`

/** Takes what comes until it closes. */
function listen(
  stream: NodeJS.ReadableStream | Socket,
  signal: AbortSignal,
  stop: () => void,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const heard: Buffer[] = []
    let length = 0
    const finish = (outcome: Exchange): void => {
      signal.removeEventListener('abort', onAbort)
      stop()
      resolve(outcome)
    }
    const all = (): Exchange => {
      const text = Buffer.concat(heard).subarray(0, MAX_ANSWER_BYTES).toString()
      if (length === 0) return { outcome: 'hung-up' }
      return { outcome: 'heard', text, truncated: length > MAX_ANSWER_BYTES }
    }
    const onAbort = (): void => finish({ outcome: 'failed', why: 'it did not answer in time' })
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    stream.on('data', (chunk: Buffer) => {
      heard.push(chunk)
      length += chunk.length
      if (length > MAX_ANSWER_BYTES) finish(all())
    })
    stream.on('close', () => finish(all()))
    stream.on('error', (error: unknown) => finish(failure(errorCode(error), length)))
  })
}

function failure(code: string, heard: number): Exchange {
  if (code === 'ECONNREFUSED') return { outcome: 'refused' }
  // It closed while our request was still on its way.
  if (heard === 0 && (code === 'ECONNRESET' || code === 'EPIPE')) return { outcome: 'hung-up' }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      outcome: 'failed',
      why: 'its socket may not be written to: it needs root or its own user',
    }
  }
  return { outcome: 'failed', why: `the connection failed: ${code}` }
}
