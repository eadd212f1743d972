import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation } from '../../src/model/evidence.ts'
import type { Fact, FactKind, FactOf } from '../../src/model/facts.ts'
import { cgroupFolder } from '../../src/parsers/cgroup/index.ts'
import { meminfoFormat } from '../../src/parsers/proc/meminfo.ts'
import { processFolder } from '../../src/parsers/proc/process-folder.ts'
import { V1_FILES, V2_FILES } from '../../src/sources/cgroup/files.ts'

/** Texts of files, by name; of a process's files by `PID/name`. */
export type Texts = Readonly<Record<string, string>>

/** One look at a group and its processes, as it can be kept in a file. */
export interface GroupTexts {
  path: string
  group: Texts
  processes: Texts
  meminfo: string
}

const PROCESS_FILES = ['status', 'smaps_rollup'] as const
const ROOTS = { 1: '/sys/fs/cgroup/memory', 2: '/sys/fs/cgroup' } as const

/** The version of the hierarchy that has the memory controller. */
export function memoryVersion(): 1 | 2 {
  return existsSync(join(ROOTS[1], 'memory.stat')) ? 1 : 2
}

export function readGroupTexts(path: string): GroupTexts {
  const version = memoryVersion()
  const group = textsOf(join(ROOTS[version], path), version === 1 ? V1_FILES : V2_FILES, '')
  const processes = pidsIn(group).map((pid) => textsOf(`/proc/${pid}`, PROCESS_FILES, `${pid}/`))
  return {
    path,
    group,
    processes: Object.assign({}, ...processes),
    meminfo: readFileSync('/proc/meminfo', 'utf8'),
  }
}

export function pidsIn(group: Texts): number[] {
  return (group['cgroup.procs'] ?? '').split('\n').filter(Boolean).map(Number)
}

export function cgroupOf({ group, path }: GroupTexts): FactOf<'cgroup-state'> {
  const origin = { from: path, readAt: 0, source: null }
  const found = cgroupFolder.parseFolder(new Map(Object.entries(group)), path, origin)
  return { ...only(found, 'cgroup-state'), path }
}

export function processesOf({ group, processes }: GroupTexts): FactOf<'process-state'>[] {
  return pidsIn(group).map((pid) => {
    const own = Object.entries(processes).flatMap(([name, text]) =>
      name.startsWith(`${pid}/`) ? [[name.slice(`${pid}/`.length), text] as const] : [],
    )
    const folder = `/proc/${pid}`
    const origin = { from: folder, readAt: 0, source: null }
    return only(processFolder.parseFolder(new Map(own), folder, origin), 'process-state')
  })
}

export function hostMemory(meminfo: string): FactOf<'host-memory'> {
  const origin = { from: '/proc/meminfo', readAt: 0, source: null }
  return only(meminfoFormat.parse(meminfo, origin), 'host-memory')
}

function textsOf(folder: string, names: readonly string[], prefix: string): Texts {
  const present = names.filter((name) => existsSync(join(folder, name)))
  return Object.fromEntries(
    present.map((name) => [`${prefix}${name}`, readFileSync(join(folder, name), 'utf8')]),
  )
}

function only<K extends FactKind>(found: readonly Observation[], kind: K): FactOf<K> {
  for (const { fact } of found) if (isOfKind(fact, kind)) return fact
  throw new Error(`no ${kind}`)
}

function isOfKind<K extends FactKind>(fact: Fact, kind: K): fact is FactOf<K> {
  return fact.kind === kind
}
