import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDocument } from '../../audit/documents/machine.ts'
import { cgroupRelation } from '../../evidence/cgroup-path.ts'
import { baseName } from '../../parsers/lines.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../../sources/cgroup/locate.ts'
import { listFolder, textOrNull, type Reader } from '../../sources/reader.ts'
import { heapOf } from './heap.ts'

type Program = MachineDocument['programs'][number]

/** Programs that care about the machine, by the name of their file or of their task. */
const KNOWN: ReadonlyMap<string, 'node' | 'java' | 'redis'> = new Map([
  ['node', 'node'],
  ['nodejs', 'node'],
  ['java', 'java'],
  ['redis-server', 'redis'],
  ['valkey-server', 'redis'],
  ['keydb-server', 'redis'],
])

/** Processes that are looked into. */
const MAX_PROGRAMS = 500

/** Finds runtimes in containers, and stores anywhere. Nothing is started, and nothing in them is asked. */
export async function readPrograms(
  reader: Reader,
  hierarchy: MemoryHierarchy | null,
  containers: readonly { name: string; path: string }[],
): Promise<{ programs: Program[]; unread: string[] }> {
  const found = new Map<string, Program>()
  let looked = 0
  for (const pid of pidsIn(reader)) {
    const name = nameOf(reader, pid)
    if (name === null) continue
    const container = containerOf(reader, hierarchy, pid, containers)
    if (name !== 'redis' && container === null) continue
    if (++looked > MAX_PROGRAMS) break
    const where = container === null ? {} : { container }
    const facts = name === 'redis' ? hugePagesOf(reader, pid) : await heapOf(reader, pid, name)
    const program = { name, ...where, ...facts }
    // Workers are all alike.
    found.set(JSON.stringify(program), program)
  }
  const unread =
    looked > MAX_PROGRAMS ? [`only the first ${MAX_PROGRAMS} programs were looked into`] : []
  return { programs: [...found.values()], unread }
}

function pidsIn(reader: Reader): number[] {
  const listed = listFolder(reader, '/proc')
  return listed.ok ? listed.folders.filter((name) => /^[1-9]\d{0,6}$/.test(name)).map(Number) : []
}

/** A program may rename its task, and its file may be a link to another name. */
function nameOf(reader: Reader, pid: number): 'node' | 'java' | 'redis' | null {
  const task = textOrNull(reader, `/proc/${pid}/comm`)?.trim() ?? ''
  return KNOWN.get(task) ?? KNOWN.get(baseName(programOf(reader, pid))) ?? null
}

/** Empty for a thread of the kernel, and without the right to trace the process. */
function programOf(reader: Reader, pid: number): string {
  try {
    return readlinkSync(join(reader.root, `/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
  } catch {
    return ''
  }
}

/** The innermost container that a process lives in. */
function containerOf(
  reader: Reader,
  hierarchy: MemoryHierarchy | null,
  pid: number,
  containers: readonly { name: string; path: string }[],
): string | null {
  const path = hierarchy === null ? null : cgroupOfProcess(reader, hierarchy, pid)
  if (path === null) return null
  const around = containers.filter((container) =>
    ['same', 'ancestor'].includes(cgroupRelation(container.path, path)),
  )
  return around.toSorted((a, b) => b.path.length - a.path.length)[0]?.name ?? null
}

/** Whether the process may get huge pages: it can forbid them for itself (prctl(2), PR_SET_THP_DISABLE; shown since Linux 5.0). */
function hugePagesOf(reader: Reader, pid: number): Pick<Program, 'hugePages'> {
  const status = textOrNull(reader, `/proc/${pid}/status`) ?? ''
  const enabled = /^THP_enabled:\s+([01])$/m.exec(status)?.[1]
  return enabled === undefined ? {} : { hugePages: enabled === '1' }
}
