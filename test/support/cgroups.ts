import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeGroups } from './group-removal.ts'

/** A memory cgroup of a test, with a limit that was read back. */
export interface TestGroup {
  /** Inside the memory hierarchy: `/stella-test-…`. */
  path: string
  folder: string
  version: 1 | 2
  read(file: string): string
  write(file: string, text: string): void
  /** A group inside this one. */
  child(name: string, limitBytes?: number): TestGroup
  /** Starts a program inside the group: it joins before it becomes the program, so that every page is charged. */
  start(argv: readonly string[]): TestProcess
  /** Kills what lives inside and removes the group and those below it. */
  remove(): Promise<void>
}

export interface TestProcess {
  pid: number
  child: ChildProcess
  /** Resolves when it ended: its exit code, or its signal. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const V1 = '/sys/fs/cgroup/memory'
const V2 = '/sys/fs/cgroup'

/**
 * Makes a throw-away group. Throws unless the limit reads back as set: on a hybrid host a folder made in the wrong place
 * is plain tmpfs, limits nothing, and the whole machine would run out instead.
 */
export function createGroup(name: string, limitBytes?: number): TestGroup {
  const version = existsSync(join(V1, 'memory.limit_in_bytes')) ? 1 : 2
  return makeGroup(version, `/stella-test-${process.pid}-${name}`, limitBytes)
}

function makeGroup(version: 1 | 2, path: string, limitBytes: number | undefined): TestGroup {
  const folder = `${version === 1 ? V1 : V2}${path}`
  mkdirSync(folder)
  const group: TestGroup = {
    path,
    folder,
    version,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    child: (name, limit) => {
      if (version === 2) group.write('cgroup.subtree_control', '+memory')
      return makeGroup(version, `${path}/${name}`, limit)
    },
    start: (argv) => startIn(folder, argv),
    remove: () => removeGroups(path),
  }
  if (limitBytes !== undefined) setLimit(group, limitBytes)
  return group
}

function setLimit(group: TestGroup, limitBytes: number): void {
  const file = group.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
  group.write(file, String(limitBytes))
  const holds = group.read(file).trim()
  if (holds !== String(limitBytes)) {
    rmdirSync(group.folder)
    throw new Error(`${group.folder}/${file} holds ${holds} instead of ${limitBytes}`)
  }
}

function startIn(folder: string, argv: readonly string[]): TestProcess {
  const join = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
  const child = spawn('sh', ['-c', join, folder, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.pid === undefined) throw new Error(`could not start ${argv.join(' ')}`)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  return { pid: child.pid, child, ended }
}
