/** A worker as a process: started inside its cage, and told what to scan. */
import { spawn } from 'node:child_process'
import type { Cage } from './cages/cage.ts'
import { isFromWorker } from './messages.ts'
import type { FromWorker, ScanOrder, ToWorker } from './messages.ts'

export interface WorkerProcess {
  pid: number
  /** Resolves with how it ended. */
  ended: Promise<WorkerEnd>
  scan(order: ScanOrder): void
  kill(): void
}

export interface WorkerEnd {
  code: number | null
  signal: string | null
  /** The last it said on stderr. */
  lastWords: string
}

export interface WorkerProgram {
  /** Node with its flags, and the file. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
}

const LAST_WORDS = 4_000

export function startWorker(
  program: WorkerProgram,
  cage: Pick<Cage, 'around'>,
  onMessage: (message: FromWorker) => void,
): WorkerProcess {
  const [command = '', ...words] = cage.around(program.argv)
  const child = spawn(command, words, {
    // One arena: what its threads free is given back. mallopt(3)
    env: { MALLOC_ARENA_MAX: '1', ...program.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS)
  })
  child.on('message', (message) => {
    if (isFromWorker(message)) onMessage(message)
  })
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, lastWords: error.message }))
    child.on('close', (code, signal) => resolve({ code, signal, lastWords: lastWords.trim() }))
  })
  const pid = child.pid ?? 0
  return {
    pid,
    ended,
    scan(order) {
      const message: ToWorker = { kind: 'scan', order }
      // Where it is gone already, its end says so.
      child.send(message, () => undefined)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
