/** Cgroups of a cluster: one folder at the top of every hierarchy, in which all that it starts lives. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../testbed.ts'

/** Where the cluster's own programs live; pods have `kubepods` beside it. */
const SYSTEM = 'system'

/** Makes the group in every hierarchy, and gives the `cgroup.procs` that a program of the cluster has to join. */
export function createGroups(path: string): string[] {
  return hierarchies().map((hierarchy) => {
    const top = join(hierarchy, path)
    for (const [parent, folder] of [
      [hierarchy, top],
      [top, join(top, SYSTEM)],
    ] as const) {
      enableControllers(parent)
      mkdirSync(folder, { recursive: true })
      inheritProcessors(parent, folder)
    }
    return join(top, SYSTEM, 'cgroup.procs')
  })
}

/** Kills whatever lives in the group, and removes it from every hierarchy. */
export async function removeGroups(path: string): Promise<void> {
  const tops = hierarchies().map((hierarchy) => join(hierarchy, path))
  // Until they are gone, the cluster's programs start others and take away groups of their own.
  await until(`nothing lives in ${path}`, () => tops.map(killBelow).every((killed) => killed === 0))
  await until(`${path} is gone`, () => tops.map(removeBelow).every((gone) => gone))
}

/** How many processes it found. */
function killBelow(folder: string): number {
  const pids = (orNothing(() => readFileSync(join(folder, 'cgroup.procs'), 'utf8')) ?? '')
    .split('\n')
    .filter((line) => line !== '')
  for (const pid of pids) orNothing(() => process.kill(Number(pid), 'SIGKILL'))
  return foldersIn(folder).reduce((total, below) => total + killBelow(below), pids.length)
}

/** False while one that ended is still on its way out, and keeps its group. */
function removeBelow(folder: string): boolean {
  for (const below of foldersIn(folder)) removeBelow(below)
  orNothing(() => rmdirSync(folder))
  return !existsSync(folder)
}

function foldersIn(folder: string): string[] {
  const entries = orNothing(() => readdirSync(folder, { withFileTypes: true })) ?? []
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
}

/** What another takes away between two looks is no longer there to be taken. */
function orNothing<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

function hierarchies(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, place = '']) => place)
}

/** Version 2 gives to a group what the one above it hands down. */
function enableControllers(folder: string): void {
  const control = join(folder, 'cgroup.subtree_control')
  if (!existsSync(control)) return
  const controllers = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ')
  for (const name of controllers.filter((word) => word !== '')) writeFileSync(control, `+${name}`)
}

/** Version 1 refuses a process where no processor has been named. */
function inheritProcessors(parent: string, folder: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const from = join(parent, file)
    if (existsSync(from) && existsSync(join(parent, 'tasks')))
      writeFileSync(join(folder, file), readFileSync(from))
  }
}
