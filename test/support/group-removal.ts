/** What tests leave of their groups: nothing, in no hierarchy. */
import { existsSync, readFileSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './testbed.ts'

/**
 * Kills whatever lives in a group or below it, and removes it from every hierarchy: an engine that is given a parent for a container
 * makes its folder in all of them.
 */
export async function removeGroups(path: string): Promise<void> {
  const tops = hierarchies().map((hierarchy) => join(hierarchy, path))
  // Until they are gone, programs of a cluster start others and take away groups of their own.
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

/** Where the hierarchies of this machine are mounted: version 1 has one for each controller. */
export function hierarchies(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, place = '']) => place)
}
