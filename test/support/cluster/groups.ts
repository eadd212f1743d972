/** Cgroups of a cluster: one folder at the top of every hierarchy, in which all that it starts lives. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hierarchies } from '../group-removal.ts'

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
