import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Scratch folder of the tests that use real parts; short, because Unix sockets below it may have 107 characters. */
export const TESTBED = process.env['STELLA_TESTBED'] ?? '/var/tmp/stella-testbed'

export function testbedFolder(...parts: string[]): string {
  const folder = join(TESTBED, ...parts)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Runs a program and gives its standard output; throws with everything it said where it fails. */
export function run(argv: readonly string[], options: RunOptions = {}): string {
  return outputOf(argv, tryRun(argv, options))
}

function outputOf(argv: readonly string[], { status, stdout, stderr }: Ran): string {
  if (status === 0) return stdout
  throw new Error(`${argv.join(' ')}: exit ${status}\n${stdout}${stderr}`)
}

/**
 * Runs a command of a container engine. A test that is tried again finds the container of its first try in its way: it is of the
 * tests' own, and is removed.
 */
export function runEngine(argv: readonly [string, ...string[]], options: RunOptions = {}): string {
  const ran = tryRun(argv, options)
  const [, inTheWay] =
    /container name "\/?(stella-test-[^"]+)" is already in use/.exec(ran.stderr) ?? []
  if (inTheWay === undefined) return outputOf(argv, ran)
  run([argv[0], 'rm', '--force', inTheWay], options)
  return run(argv, options)
}

export interface RunOptions {
  env?: Record<string, string | undefined>
  input?: Buffer | string
  timeoutMs?: number
  cwd?: string
}

interface Ran {
  status: number | null
  stdout: string
  stderr: string
}

export function tryRun(argv: readonly string[], options: RunOptions = {}): Ran {
  const [program = '', ...args] = argv
  const result = spawnSync(program, args, {
    env: { ...process.env, ...options.env },
    input: options.input,
    cwd: options.cwd,
    timeout: options.timeoutMs ?? 60_000,
    maxBuffer: 64 * 1024 * 1024,
  })
  const stderr = result.error === undefined ? result.stderr.toString() : String(result.error)
  return { status: result.status, stdout: result.stdout?.toString() ?? '', stderr }
}

/** Not yet, or what it is. */
type Answer<T> = T | null | undefined | false

export async function until<T>(
  what: string,
  ask: () => Answer<T> | Promise<Answer<T>>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Only one process at a time does `work` under this name; a lock older than the longest work is a dead one's. */
export async function locked<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const path = join(testbedFolder(), `${name}.lock`)
  const stale = 120_000
  const descriptor = await until(
    `lock ${path}`,
    () => {
      if (existsSync(path) && Date.now() - modifiedAt(path) > stale) rmSync(path, { force: true })
      try {
        return { file: openSync(path, 'wx') }
      } catch {
        return null
      }
    },
    stale + 5_000,
  )
  try {
    writeSync(descriptor.file, `${process.pid}\n`)
    return await work()
  } finally {
    closeSync(descriptor.file)
    rmSync(path, { force: true })
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
}
