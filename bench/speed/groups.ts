import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { run, testbedFolder, until } from '../../test/support/testbed.ts'

/** Many throw-away memory groups with a sleeping process each, named as Docker names its containers' groups. */
export interface ManyGroups extends AsyncDisposable {
  version: 1 | 2
  folders: readonly string[]
  pids: readonly number[]
}

const V1 = '/sys/fs/cgroup/memory'
const V2 = '/sys/fs/cgroup'
const BASE = 'stella-bench-many'

/** @throws where groups cannot be made, which needs root */
export async function manyGroups(count: number): Promise<ManyGroups> {
  const version = existsSync(join(V1, 'memory.limit_in_bytes')) ? 1 : 2
  const base = join(version === 1 ? V1 : V2, BASE)
  const sleepers = await build()
  // Of a run that was killed: its processes died with it.
  if (existsSync(base)) removeTree(base)
  let child: ChildProcess | null = null
  const end = async (): Promise<void> => {
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      child.stdin?.end()
      await once(child, 'exit')
    }
    await until(`${base} is empty`, () => removed(base))
  }
  try {
    const folders = makeGroups(join(base, 'docker'), version, count)
    child = spawn(sleepers, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin?.write(`${folders.join('\n')}\n\n`)
    await until('the sleepers are ready', () => child?.stdout?.read() !== null)
    const pids = await until('each group has its process', () => {
      const found = folders.flatMap((folder) => pidsIn(folder))
      return found.length === count ? found : null
    })
    return { version, folders, pids, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

function makeGroups(parent: string, version: 1 | 2, count: number): string[] {
  mkdirSync(parent, { recursive: true })
  if (version === 2) {
    writeFileSync(join(parent, '../cgroup.subtree_control'), '+memory')
    writeFileSync(join(parent, 'cgroup.subtree_control'), '+memory')
  }
  return Array.from({ length: count }, (_, index) => {
    const folder = join(parent, createHash('sha256').update(`${index}`).digest('hex'))
    mkdirSync(folder)
    return folder
  })
}

async function build(): Promise<string> {
  const source = join(import.meta.dirname, 'sleepers.c')
  const program = join(testbedFolder('bin'), 'sleepers')
  run(['cc', '-O1', '-static', '-o', program, source])
  return program
}

function removed(folder: string): boolean {
  try {
    if (existsSync(folder)) removeTree(folder)
    return true
  } catch {
    return false
  }
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name))
  }
  rmdirSync(folder)
}

function pidsIn(folder: string): number[] {
  return readFileSync(join(folder, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)
}
