/** Bare memory groups, v1 or v2: the kernel alone. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from '../../model/error-code.ts'
import { unreachableError } from '../../model/errors.ts'
import { findMemoryHierarchy, memoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Workload } from '../lab.ts'
import { NOT_THERE } from '../view.ts'
import type { Seen } from '../view.ts'
import { PREFIX, scriptFile, wordsFor } from './backend.ts'
import type { Backend, Site } from './backend.ts'
import { makeSlowDisk, removeSlowDisks } from './slow-disk.ts'
import { groupScript } from './cgroup-script.ts'
import type { GroupFiles } from './cgroup-script.ts'
import { capAt, progressIn, seeGroup } from './group-seen.ts'

const TRIES = 100

/** @param workloadFile the program that runs in labs */
export function cgroupBackend(reader: Reader, workloadFile: string): Backend {
  const find = (): MemoryHierarchy => memoryHierarchy(reader)
  const program = (site: Site, workload: Workload): readonly string[] => [
    process.execPath,
    workloadFile,
    ...wordsFor(site, workload, placesOf(site, workload)),
  ]
  return {
    id: 'cgroup',
    whyNot: async () => whyNot(reader),
    async prepare(site) {
      for (const workload of site.lab.workloads) {
        const { name, diskBytesPerSecond: bytesPerSecond } = workload
        if (bytesPerSecond === null) continue
        const mountPoint = placesOf(site, workload).disk
        const { lab, folder } = site
        await makeSlowDisk(reader, {
          lab: lab.id,
          workload: name,
          folder,
          mountPoint,
          bytesPerSecond,
        })
      }
    },
    program,
    script: async (site, workload) => {
      const hierarchy = find()
      return groupScript({
        title: `'${workload.name}' of the lab ${site.lab.id}`,
        version: hierarchy.version,
        mount: hierarchy.mountPoint,
        group: groupOf(hierarchy, site, workload),
        files: filesOf(site, workload),
        places: placesOf(site, workload),
        workload,
        argv: program(site, workload),
        endsAt: site.endsAt,
      })
    },
    look: async (site, workload) => look(reader, find(), site, workload),
    words: (site, workload) => {
      const hierarchy = find()
      const group = groupOf(hierarchy, site, workload)
      const v1 = hierarchy.version === 1
      return {
        '': group,
        '.script': scriptFile(site, workload),
        '.target': `cgroup:${pathOf(hierarchy, site, workload)}`,
        '.output': `cat ${filesOf(site, workload).log}`,
        '.log': filesOf(site, workload).log,
        '.disk': placesOf(site, workload).disk,
        '.limit': `${group}/${v1 ? 'memory.limit_in_bytes' : 'memory.max'}`,
        // Memory and swap together: it has to be out of the way of a larger limit.
        '.swap': v1 ? `${group}/memory.memsw.limit_in_bytes` : '/dev/null',
        '.swap-limit': `${group}/${v1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max'}`,
        '.none': v1 ? '-1' : 'max',
        '.reservation': `${group}/${v1 ? 'memory.soft_limit_in_bytes' : 'memory.low'}`,
        '.usage': `${group}/${v1 ? 'memory.usage_in_bytes' : 'memory.current'}`,
        '.events': `${group}/${v1 ? 'memory.oom_control' : 'memory.events'}`,
        '.stat': `${group}/memory.stat`,
        '.procs': `${group}/cgroup.procs`,
      }
    },
    async remove(id) {
      await removeLab(find(), id)
      await removeSlowDisks(reader, id)
    },
  }
}

/** Where it runs; keepers, which say how it ended, live beside it. */
function groupOf({ mountPoint }: MemoryHierarchy, { lab }: Site, { name }: Workload): string {
  return join(mountPoint, `${PREFIX}${lab.id}`, name)
}

function pathOf({ mountRoot }: MemoryHierarchy, { lab }: Site, { name }: Workload): string {
  return join(mountRoot, `${PREFIX}${lab.id}`, name)
}

function filesOf({ folder }: Site, { name }: Workload): GroupFiles {
  return {
    log: `${folder}/${name}.log`,
    ended: `${folder}/${name}.ended`,
    restarts: `${folder}/${name}.restarts`,
  }
}

function placesOf({ folder }: Site, { name }: Workload): { cache: string; disk: string } {
  return { cache: `${folder}/cache-${name}`, disk: `${folder}/disk-${name}` }
}

function whyNot(reader: Reader): string | null {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) return 'no cgroup file system with a memory controller is mounted'
  const probe = join(hierarchy.mountPoint, `${PREFIX}probe-${process.pid}`)
  try {
    mkdirSync(probe)
    rmdirSync(probe)
    return null
  } catch (error) {
    return `no group may be made in ${hierarchy.mountPoint} (${errorCode(error)}): it needs root`
  }
}

function look(reader: Reader, hierarchy: MemoryHierarchy, site: Site, workload: Workload): Seen {
  const files = filesOf(site, workload)
  const group = seeGroup(reader, hierarchy, pathOf(hierarchy, site, workload))
  const main = group?.processes.find(({ argv }) => !argv.includes('orphan')) ?? null
  const ended = textOrNull(reader, files.ended)
  return {
    ...NOT_THERE,
    ...group,
    status: main !== null ? 'running' : ended === null ? 'missing' : 'ended',
    exitCode: main !== null || ended === null ? null : Number(ended),
    main,
    restarts: Number(textOrNull(reader, files.restarts) ?? 0),
    tmpfsCapBytes: main === null ? null : capAt(reader, main.pid, placesOf(site, workload).cache),
    progress: progressIn((textOrNull(reader, files.log) ?? '').slice(-4_000)),
  }
}

/** Who lives in the groups of a lab is its own: nobody else has their name. */
async function removeLab({ mountPoint }: MemoryHierarchy, id: string): Promise<void> {
  const root = join(mountPoint, `${PREFIX}${id}`)
  for (let tries = 0; existsSync(root); tries++) {
    const groups = groupsBelow(root)
    // Keepers first: they would start what ends.
    for (const group of groups.toSorted((a, b) => Number(isKeeper(b)) - Number(isKeeper(a)))) {
      for (const pid of pidsIn(group)) kill(pid)
    }
    for (const group of [...groups, root]) removeGroup(group)
    if (tries > TRIES) {
      const todo = `see who lives in it: cat ${root}/*/cgroup.procs`
      throw unreachableError('the groups of the lab cannot be removed', root, todo)
    }
    if (existsSync(root)) await pause(20)
  }
}

function isKeeper(group: string): boolean {
  return group.includes('/keeper-')
}

function groupsBelow(root: string): readonly string[] {
  try {
    const entries = readdirSync(root, { withFileTypes: true })
    const folders = entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(root, name))
    return folders.flatMap((folder) => [...groupsBelow(folder), folder])
  } catch {
    return []
  }
}

function pidsIn(group: string): readonly number[] {
  try {
    const text = readFileSync(join(group, 'cgroup.procs'), 'utf8')
    return text.split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

function removeGroup(group: string): void {
  try {
    rmdirSync(group)
  } catch {
    // Somebody in it is on the way out: the next round removes it.
  }
}
