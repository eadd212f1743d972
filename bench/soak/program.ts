/** A stella of the soak: started as users start it, with what it says in files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { until } from '../../test/support/testbed.ts'

export interface Program {
  readonly name: string
  readonly pid: number
  /** What it said on standard error. */
  said(): string
  isAlive(): boolean
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>
}

export interface Wanted {
  name: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** What it says once it works. */
  ready: RegExp
}

/** @param folder where its files are, and the heaps of all */
export async function startProgram(folder: string, wanted: Wanted): Promise<Program> {
  const { name, args, env = {}, ready } = wanted
  const file = join(folder, `${name}-${Date.now()}.err`)
  const out = openSync(join(folder, `${name}.out`), 'a')
  const err = openSync(file, 'a')
  const probe = join(import.meta.dirname, 'heap-probe.js')
  const child = spawn(LAUNCHER, [...args], {
    stdio: ['ignore', out, err],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${probe} --heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`,
      STELLA_SOAK_HEAPS: folder,
      STELLA_SOAK_PARENT: String(process.pid),
      ...env,
    },
  })
  const ended = once(child, 'close')
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  const said = (): string => readFileSync(file, 'utf8')
  await until(`${name} is ready`, () => ready.test(said()) || !isAlive(), 120_000)
  if (!isAlive()) throw new Error(`${name} ended: ${said()}`)
  return {
    name,
    pid: child.pid ?? 0,
    said,
    isAlive,
    async stop() {
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}

/** Where a server of ours listens. */
export function urlOf(program: Program): string {
  const url = /listening on (http\S+?)\/?$/m.exec(program.said())?.[1]
  if (url === undefined) throw new Error(`${program.name} says no address`)
  return url
}
