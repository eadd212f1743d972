/** A thread that overwrites random keys of a Redis at a steady pace, also when it was away. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'

export interface WriterLoad {
  /** It writes to the first ones alone. */
  keys: number
  valueBytes: number
  perSecond: number
}

export interface WriterData extends WriterLoad {
  /** The Unix socket of the server. */
  path: string
  /** How many were written, for whoever has begun it. */
  written: Int32Array
}

const TICK_MS = 10
const RETRY_MS = 100

const { path, keys, valueBytes, perSecond, written }: WriterData = workerData
const started = performance.now()
let socket = connected()
setInterval(writeWhatIsDue, TICK_MS)

/** A server that is killed resets it, and may come back. */
function connected(): Socket {
  const made = connect(path)
  made.on('error', () => made.destroy())
  made.on('close', () =>
    setTimeout(() => {
      socket = connected()
    }, RETRY_MS),
  )
  made.resume()
  return made
}

function writeWhatIsDue(): void {
  const due = Math.floor(((performance.now() - started) / 1_000) * perSecond)
  const commands: string[] = []
  for (let at = Atomics.load(written, 0); at < due; at++) {
    const key = `key:${Math.floor(Math.random() * keys)}`
    const value = String(at).padStart(valueBytes, 'x')
    commands.push(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n${value}\r\n`)
  }
  Atomics.store(written, 0, due)
  if (!socket.destroyed) socket.write(commands.join(''))
}
