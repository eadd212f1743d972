import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NEEDED_MIB, outcomeOf, WORKLOAD, type Arena, type Room } from './room.ts'

/** A memory cgroup of our own, v1 or v2: the kernel alone, no container engine. */
export const cgroupArena: Arena = {
  id: 'cgroup',
  name: 'a memory cgroup of its own',
  async whyNot() {
    const hierarchy = findHierarchy()
    if (hierarchy === null) return 'no cgroup file system with a memory controller is mounted'
    const probe = join(hierarchy.folder, `stella-demo-probe-${process.pid}`)
    try {
      mkdirSync(probe)
      rmdirSync(probe)
      return null
    } catch {
      return `this user may not make a group in ${hierarchy.folder}`
    }
  },
  async open(name, limitBytes) {
    const hierarchy = findHierarchy()
    if (hierarchy === null) throw new Error('no memory hierarchy')
    return openRoom(hierarchy, name, limitBytes)
  },
}

interface Hierarchy {
  version: 1 | 2
  folder: string
}

function findHierarchy(): Hierarchy | null {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
  const v1 = mounts.find(
    ([, , type, options]) => type === 'cgroup' && options?.split(',').includes('memory'),
  )
  if (v1?.[1] !== undefined) return { version: 1, folder: v1[1] }
  const v2 = mounts.find(
    ([, folder = '', type]) => type === 'cgroup2' && controllersOf(folder).includes('memory'),
  )
  return v2?.[1] === undefined ? null : { version: 2, folder: v2[1] }
}

function controllersOf(folder: string): string[] {
  const file = join(folder, 'cgroup.controllers')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
}

function openRoom({ version, folder }: Hierarchy, name: string, limitBytes: number): Room {
  const group = join(folder, name)
  const settings: [string, number][] =
    version === 1
      ? [
          ['memory.limit_in_bytes', limitBytes],
          ['memory.memsw.limit_in_bytes', limitBytes],
        ]
      : [
          ['memory.max', limitBytes],
          ['memory.swap.max', 0],
        ]
  const made = [`cg=${group}`, 'mkdir $cg']
  mkdirSync(group)
  try {
    if (version === 2) offerMemory(folder, group)
    for (const [file, value] of settings) {
      const path = join(group, file)
      // Swap files are missing where the kernel does not account swap; then there is none to limit.
      if (file.includes('sw') && !existsSync(path)) continue
      writeFileSync(path, String(value))
      made.push(`echo ${value} > $cg/${file}`)
    }
    const limitFile = version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
    const found = Number(readFileSync(join(group, limitFile), 'utf8'))
    if (found !== limitBytes) throw new Error(`${limitFile} reads back as ${found}`)
    made.push(`cat $cg/${limitFile}`)
  } catch (error) {
    rmdirSync(group)
    throw error
  }
  const procs = join(group, 'cgroup.procs')
  return {
    target: `cgroup:/${name}`,
    made,
    limitBytes,
    runs: `cg=$cg sh -c 'echo $$ >$cg/cgroup.procs; exec node scripts/demo/workload.ts ${NEEDED_MIB}'`,
    async start() {
      // The group is entered and the process marked as the one to go before it becomes the workload.
      const script = 'echo $$ >"$0" && echo 1000 >/proc/self/oom_score_adj && exec "$@"'
      const command = [process.execPath, WORKLOAD, String(NEEDED_MIB)]
      const child = spawn('sh', ['-c', script, procs, ...command], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return outcomeOf(child, child.stdout)
    },
    close: () => removeGroup(group),
  }
}

/** On cgroup v2 a group has memory files only where its parent passes the controller on. */
function offerMemory(parent: string, group: string): void {
  if (!existsSync(join(group, 'memory.max')))
    writeFileSync(join(parent, 'cgroup.subtree_control'), '+memory')
}

async function removeGroup(group: string): Promise<void> {
  for (let tries = 0; existsSync(group); tries++) {
    for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
      killIfAlive(Number(pid))
    try {
      rmdirSync(group)
    } catch (error) {
      if (tries > 100) throw error
      await sleep(20)
    }
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}
