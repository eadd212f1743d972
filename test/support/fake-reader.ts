import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hostReader } from '../../src/sources/reader.ts'
import type { Reader } from '../../src/sources/reader.ts'
import type { RunOptions, RunResult } from '../../src/sources/run.ts'

/** A machine made of files: a root of its own, a clock that stands, and programs that answer what they are told to. */
export interface FakeReader extends Reader, Disposable {
  /** The programs that were run, with their arguments. */
  ran: string[][]
}

export interface FakeMachine {
  files?: Readonly<Record<string, string | Uint8Array>>
  /** By program name; one that is not named is not installed. */
  programs?: Readonly<Record<string, Partial<RunResult>>>
  env?: Readonly<Record<string, string>>
  now?: number
  monotonicSeconds?: number
}

export function fakeReader(machine: FakeMachine = {}): FakeReader {
  const root = mkdtempSync(join(tmpdir(), 'stella-test-'))
  for (const [path, content] of Object.entries(machine.files ?? {})) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  const ran: string[][] = []
  const run = (argv: readonly string[], options: RunOptions): Promise<RunResult> => {
    ran.push([...argv])
    const answer = machine.programs?.[argv[0] ?? '']
    const result: RunResult = {
      outcome: answer === undefined ? 'missing' : 'exited',
      exitCode: answer === undefined ? null : 0,
      stdout: '',
      stderr: '',
      truncated: false,
      ...answer,
    }
    if (options.onChunk === undefined || result.stdout === '') return Promise.resolve(result)
    options.onChunk(new TextEncoder().encode(result.stdout))
    return Promise.resolve({ ...result, stdout: '' })
  }
  return {
    ...hostReader({
      root,
      run,
      env: machine.env ?? {},
      now: () => machine.now ?? 1_700_000_000_000,
      monotonicSeconds: () => machine.monotonicSeconds ?? 1_000,
    }),
    ran,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
