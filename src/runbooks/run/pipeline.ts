/** Runs the programs of a pipe without a shell, within bounds of time and memory, and leaves no child behind. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { pipeline as connect } from 'node:stream'
import type { Readable } from 'node:stream'
import { errorCode } from '../../model/error-code.ts'
import { keptText } from './kept-text.ts'

export interface PipelineOptions {
  timeoutMs: number
  /** Ends it, as the time does. */
  signal: AbortSignal
  env: Readonly<Record<string, string | undefined>>
  /** Is told who was started before anything else happens, a PID for each program; null: it could not be. */
  started?: (pids: readonly (number | null)[]) => void
}

export interface PipelineEnd {
  /** `missing`: there is no such program; it is named in `says`. */
  outcome: 'exited' | 'missing' | 'timeout' | 'aborted' | 'failed'
  /** Of the last program; null where it was killed. */
  exit: number | null
  /** What went wrong, for people; null where it exited. */
  says: string | null
  stdout: string
  /** What the first program wrote, before others of the pipe took from it what they show. */
  source: string
  stderr: string
  /** Bytes of output that are left out. */
  left: number
}

/** Runs programs, each with its words. Throws what `started` throws, and nothing else. */
export type RunPipeline = (
  programs: readonly (readonly string[])[],
  options: PipelineOptions,
) => Promise<PipelineEnd>

/** JSON of an image with very many layers has to fit. */
const MOST_STDOUT = 1024 * 1024
const MOST_STDERR = 64 * 1024
/** Of a program's name, for people. Characters. */
const MOST_NAME = 200
/** What was written before the end has arrived by then; somebody who lives on may hold the pipe for ever. */
const FLUSH_MS = 250

export const runPipeline: RunPipeline = async (programs, { timeoutMs, signal, env, started }) => {
  const stdout = keptText(MOST_STDOUT)
  const source = keptText(MOST_STDOUT)
  const stderr = keptText(MOST_STDERR)
  const children: ChildProcess[] = []
  const ends: Promise<ProgramEnd>[] = []
  let cut: 'timeout' | 'aborted' | null = null
  const cutOff = (why: 'timeout' | 'aborted'): void => {
    cut ??= why
    for (const child of children) killGroup(child)
  }
  const abort = (): void => cutOff('aborted')
  let before: Readable | null = null
  for (const [at, [name = '', ...args]] of programs.entries()) {
    const begun = begin(name, args, { env, isPiped: before !== null })
    if (!begun.ok) {
      ends.push(Promise.resolve({ kind: 'failed', says: begun.says }))
      for (const child of children) killGroup(child)
      break
    }
    const { child } = begun
    children.push(child)
    ends.push(endOf(child, name))
    if (before !== null && child.stdin !== null) connect(before, child.stdin, () => undefined)
    child.stderr?.on('data', (chunk: Buffer) => stderr.take(chunk))
    if (at === 0 && programs.length > 1)
      child.stdout?.on('data', (chunk: Buffer) => source.take(chunk))
    if (at === programs.length - 1) child.stdout?.on('data', (chunk: Buffer) => stdout.take(chunk))
    before = child.stdout
  }
  try {
    started?.(children.map(({ pid }) => pid ?? null))
  } catch (error) {
    for (const child of children) killGroup(child)
    throw error
  }
  const timer = setTimeout(() => cutOff('timeout'), timeoutMs)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  const ended = await Promise.all(ends)
  clearTimeout(timer)
  signal.removeEventListener('abort', abort)
  for (const child of children) killGroup(child)
  await Promise.all(children.map(flushed))
  const last = ended.at(-1) ?? { kind: 'exited', code: 0, signal: null }
  return {
    ...judged(ended, last, cut, timeoutMs),
    stdout: stdout.text(),
    source: programs.length > 1 ? source.text() : stdout.text(),
    stderr: stderr.text(),
    left: stdout.left() + stderr.left(),
  }
}

type Begun = { ok: true; child: ChildProcess } | { ok: false; says: string }

/** Of a program that is not there, the child tells later; words that are too long for the kernel are refused here. */
function begin(
  name: string,
  args: readonly string[],
  { env, isPiped }: Pick<PipelineOptions, 'env'> & { isPiped: boolean },
): Begun {
  try {
    // Of its own group: what it starts can be ended with it.
    const child = spawn(name, args, {
      detached: true,
      env,
      stdio: [isPiped ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    })
    return { ok: true, child }
  } catch (error) {
    return { ok: false, says: refusedSays(name, error) }
  }
}

type ProgramEnd =
  | { kind: 'exited'; code: number | null; signal: string | null }
  | { kind: 'missing' | 'failed'; says: string }

function endOf(child: ChildProcess, name: string): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve({ kind: 'exited', code, signal }))
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'ENOENT'
          ? { kind: 'missing', says: missingSays(name) }
          : { kind: 'failed', says: refusedSays(name, error) },
      ),
    )
  })
}

function judged(
  ended: readonly ProgramEnd[],
  last: ProgramEnd,
  cut: 'timeout' | 'aborted' | null,
  timeoutMs: number,
): Pick<PipelineEnd, 'outcome' | 'exit' | 'says'> {
  if (cut === 'timeout') {
    return { outcome: cut, exit: null, says: timeoutSays(timeoutMs) }
  }
  if (cut === 'aborted') return { outcome: cut, exit: null, says: 'it was interrupted' }
  for (const end of ended) {
    if (end.kind !== 'exited') return { outcome: end.kind, exit: null, says: end.says }
  }
  if (last.kind !== 'exited') return { outcome: last.kind, exit: null, says: last.says }
  if (last.code === null) {
    return { outcome: 'failed', exit: null, says: `it was ended by ${last.signal ?? 'a signal'}` }
  }
  return { outcome: 'exited', exit: last.code, says: null }
}

export function timeoutSays(timeoutMs: number): string {
  return `it did not end within ${timeoutMs / 1_000} s, and was ended`
}

export function missingSays(name: string): string {
  return `there is no program '${name}' here`
}

function refusedSays(name: string, error: unknown): string {
  const code = errorCode(error)
  const why = code === 'E2BIG' ? 'its words are longer than the kernel takes' : code
  return `'${name.slice(0, MOST_NAME)}' cannot be started (${why})`
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

/** Resolves when all was read that its programs wrote; one that left the group may hold the pipe open for ever. */
function flushed(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      for (const stream of streams) stream.destroy()
      resolve()
    }
    const timer = setTimeout(done, FLUSH_MS)
    if (streams.every((stream) => stream.readableEnded || stream.destroyed)) done()
    else child.on('close', done)
  })
}
