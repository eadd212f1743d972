import { once } from 'node:events'
import { ExitCode, run } from '@stricli/core'
import { buildStella } from './app.ts'
import { becomeLean } from './become-lean.ts'
import { complaint, exitCodeOf } from './complaints.ts'
import type { CliContext, CliIo, Variables } from './context.ts'
import type { Engine } from './engine.ts'
import { EXIT, unreachableError } from '../model/errors.ts'
import { reportWidth } from './render/width.ts'

/** Entry of the launcher: runs one command line against the real process. Never rejects. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', leaveWhenNobodyCanRead)
  // A complaint that nobody can read changes neither what is done nor the exit code.
  process.stderr.on('error', () => {})
  process.once('uncaughtException', leaveWithOurFault)
  process.exitCode = await runAs(args, processIo(), loadEngine)
}

/** A command line of stella, or one of kubectl, whose launchers say so with a word of their own. */
export async function runAs(
  args: readonly string[],
  io: CliIo,
  load: (env: Variables) => Promise<Engine>,
): Promise<number> {
  const [word, ...rest] = args
  if (word !== 'kubectl' && word !== 'kubectl-complete') return runCommandLine(args, io, load)
  const { completePlugin, runPlugin } = await import('./kubectl/plugin.ts')
  const { root } = buildStella(io.env)
  if (word === 'kubectl-complete') return completePlugin(rest, { io, root })
  return runPlugin(rest, { io, root, run: (words, within) => runCommandLine(words, within, load) })
}

/**
 * Runs one command line and resolves to its exit code.
 *
 * @param loadEngine called by commands that look at the world, with the variables that count there
 */
export async function runCommandLine(
  args: readonly string[],
  io: CliIo,
  loadEngine: (env: Variables) => Promise<Engine>,
): Promise<number> {
  const complaints: string[] = []
  let finished: number = EXIT.ok
  const stricliProcess: { exitCode?: number } & Pick<CliContext['process'], 'stdout' | 'stderr'> = {
    stdout: { write: (text) => io.out(text) },
    stderr: { write: (text) => void complaints.push(text) },
  }
  const app = buildStella(io.env, args, reportWidth(io))
  const context: CliContext = {
    process: stricliProcess,
    io,
    root: app.root,
    engine: (variables = {}) => loadEngine({ ...io.env, ...variables }),
    finish: (code) => {
      finished = code
    },
  }
  await run(app, isWithoutCommand(args) ? ['overview', ...args] : args, context)
  const [first] = complaints
  if (first !== undefined) io.err(first)
  return exitCodeFor(stricliProcess.exitCode ?? EXIT.ok, finished)
}

/** `stella`, or with no more than what every command takes. */
function isWithoutCommand(args: readonly string[]): boolean {
  return args.every((word) => /^--(?:json|quiet|no-color)$/.test(word))
}

/** The library counts the user's mistakes and its own as negative numbers; ours are the contract's. */
function exitCodeFor(stricliCode: number, finished: number): number {
  if (stricliCode === 0) return finished
  if (stricliCode === ExitCode.UnknownCommand || stricliCode === ExitCode.InvalidArgument) {
    return EXIT.usage
  }
  return stricliCode < 0 ? EXIT.internal : stricliCode
}

async function loadEngine(env: Variables): Promise<Engine> {
  const { engineWith } = await import('./live-engine.ts')
  return engineWith(env)
}

function processIo(): CliIo {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    drained: async () => {
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
    },
    stdin: () => process.stdin,
    env: process.env,
    terminal: process.stdout.isTTY ? { columns: process.stdout.columns } : null,
    now: () => Date.now(),
    becomeLean,
    mayGoUnread,
  }
}

/** Neither a pipe that was closed nor a terminal that is gone ends the program any more. */
function mayGoUnread(): void {
  process.stdout.off('error', leaveWhenNobodyCanRead)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') leaveWhenNobodyCanRead(error)
  })
}

/** What escapes a command, such as an error of a stream that nobody listens to, is a fault of ours and still one line. */
function leaveWithOurFault(error: unknown): void {
  process.stderr.write(`${complaint(error, process.env['STELLA_DEBUG'] === '1')}\n`)
  process.exit(exitCodeOf(error))
}

/** `stella … | head` closes the pipe early, which is no fault; a full disk must not pass for success. */
function leaveWhenNobodyCanRead(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode)
  throw unreachableError(
    `the answer cannot be written (${error.code ?? error.message})`,
    'standard output',
    'see that there is room for it',
    { cause: error },
  )
}
