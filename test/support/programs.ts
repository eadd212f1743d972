import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gunzipSync } from 'node:zlib'
import * as z from 'zod/mini'
import { REPO } from '../../scripts/lib/repo.ts'
import type { TestGroup } from './cgroups.ts'
import type { RecordedServer } from './servers.ts'
import { locked, run, testbedFolder } from './testbed.ts'
import { answersIn, RECORDED_ANSWERS } from './recorded-answers.ts'

/** Programs of ours in other languages that hold a known amount of memory and say what their runtime counts. */
export const PROGRAMS = join(REPO, 'fixtures/runtimes/programs')

/** What a program counts itself, by name, in bytes. */
export type Truth = Readonly<Record<string, number>>

export interface Holding {
  pid: number
  truth: Truth
}

/** A program that was looked into, and what it counted itself. */
export interface RecordedProgram extends RecordedServer {
  truth: Truth
}

/** Starts a program in a group, with these variables and PATH alone, and waits until it holds what it was asked to. */
export async function hold(
  group: TestGroup,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Holding> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const clean = ['env', '-i', `PATH=${process.env['PATH']}`, ...variables]
  const { pid, child } = group.start([...clean, ...argv])
  if (child.stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: child.stdout })) {
    return { pid, truth: truthIn(line) }
  }
  throw new Error(`${argv.join(' ')} said nothing`)
}

export function truthIn(line: string): Truth {
  const said = z.record(z.string(), z.unknown()).parse(JSON.parse(line))
  const numbers = Object.entries(said).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  )
  return Object.fromEntries(numbers)
}

/** Builds one of our programs in Go with the `go` of this machine, without anything from a network; static unless it holds C. */
export async function goProgram(name: 'hold' | 'hold-cgo'): Promise<string> {
  const source = join(PROGRAMS, `${name}.go`)
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12)
  const path = join(testbedFolder('bin'), `go-${name}-${version}`)
  if (existsSync(path)) return path
  return locked(`go-${name}`, () => {
    if (existsSync(path)) return path
    const copy = join(testbedFolder('go-source', name), 'main.go')
    copyFileSync(source, copy)
    run(['go', 'build', '-trimpath', '-o', `${path}.new`, copy], {
      env: {
        CGO_ENABLED: name === 'hold' ? '0' : '1',
        GO111MODULE: 'off',
        GOTOOLCHAIN: 'local',
        GOCACHE: testbedFolder('go-cache'),
      },
      timeoutMs: 180_000,
    })
    renameSync(`${path}.new`, path)
    return path
  })
}

/** `node/24-objects`: a program that fixtures/runtimes/record-programs.ts recorded. */
export function recordedProgram(name: string): RecordedProgram {
  const file = join(REPO, 'fixtures/runtimes', `${name}.json.gz`)
  const recorded = RECORDED.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()))
  return { ...recorded, answers: answersIn(recorded.answers) }
}

const RECORDED = z.object({
  about: z.string(),
  limitBytes: z.nullable(z.number()),
  truth: z.record(z.string(), z.number()),
  processes: z.record(z.string(), z.record(z.string(), z.string())),
  answers: RECORDED_ANSWERS,
})
