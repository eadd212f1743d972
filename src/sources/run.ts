import { spawn } from 'node:child_process'

export interface RunOptions {
  /** The child is killed when it is aborted. */
  signal: AbortSignal
  /** Standard output beyond this is not read: the child is killed. */
  maxBytes: number
  /** Takes standard output piece by piece; without it the output comes back as text. */
  onChunk?: (chunk: Uint8Array) => void
  /** Takes standard error as output, too: `podman logs` writes the container's own there. */
  withStderr?: boolean
  env?: Readonly<Record<string, string | undefined>>
}

export interface RunResult {
  /** `missing`: there is no such program. */
  outcome: 'exited' | 'missing' | 'aborted' | 'failed'
  exitCode: number | null
  /** Empty where `onChunk` took it. */
  stdout: string
  /** The first 4 KiB. */
  stderr: string
  truncated: boolean
}

/** Runs a program without a shell. Never throws and never outlives its signal. */
export type RunCommand = (argv: readonly string[], options: RunOptions) => Promise<RunResult>

const STDERR_BYTES = 4096

export function runCommand(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const [program = '', ...args] = argv
  const stdout: Buffer[] = []
  let stderr = ''
  let taken = 0
  let truncated = false

  return new Promise((resolve) => {
    const finish = (outcome: RunResult['outcome'], exitCode: number | null): void =>
      resolve({ outcome, exitCode, stdout: Buffer.concat(stdout).toString(), stderr, truncated })
    if (options.signal.aborted) {
      finish('aborted', null)
      return
    }
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...(options.env ?? process.env), LC_ALL: 'C' },
      signal: options.signal,
      killSignal: 'SIGKILL',
    })
    const take = (chunk: Buffer): void => {
      if (truncated) return
      const room = options.maxBytes - taken
      const piece = chunk.length > room ? chunk.subarray(0, room) : chunk
      taken += piece.length
      if (options.onChunk === undefined) stdout.push(piece)
      else options.onChunk(piece)
      if (piece.length < chunk.length) {
        truncated = true
        child.kill('SIGKILL')
      }
    }
    child.stdout.on('data', take)
    child.stderr.on('data', (chunk: Buffer) => {
      if (options.withStderr === true) take(chunk)
      if (stderr.length < STDERR_BYTES) stderr += chunk.toString().slice(0, STDERR_BYTES)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (options.signal.aborted) finish('aborted', null)
      else finish(error.code === 'ENOENT' ? 'missing' : 'failed', null)
    })
    child.on('close', (code) => finish(options.signal.aborted ? 'aborted' : 'exited', code))
  })
}
