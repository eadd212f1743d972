import { unreachableError } from '../../model/errors.ts'
import type { World } from '../../model/evidence.ts'
import { cgroupOfProcess } from '../../sources/cgroup/locate.ts'
import { deniedSentences, readProcess } from '../../sources/proc/index.ts'
import { joinReadings } from '../../sources/reading.ts'
import { readEngineOf } from './cgroup.ts'
import type { Gathering } from './gathering.ts'
import { readGroupWorld, readMachine } from './surroundings.ts'

/** A process by its PID in our namespace. A dead one is still told of by the kernel log, if the kernel killed it. */
export async function collectProcess(gathering: Gathering, pid: number): Promise<World> {
  const { reader, hierarchy } = gathering
  const log = gathering.kernelLog(null, null)
  const process = readProcess(reader, pid, { rollupMaxRssBytes: gathering.rollupMaxRssBytes })
  if (!process.ok) {
    const kernel = await log
    if (!wasKilled(kernel, pid)) throw noProcess(pid)
    return joinReadings([kernel, readMachine(gathering)])
  }
  const own: World = {
    observations: [process.observation],
    unknown: deniedSentences(new Set(process.denied)),
  }
  const path = hierarchy === null ? null : cgroupOfProcess(reader, hierarchy, pid)
  if (path === null) return joinReadings([own, await log, readMachine(gathering)])
  const engine = await readEngineOf(gathering, path)
  const group = joinReadings(readGroupWorld(gathering, path))
  const others = {
    ...group,
    observations: group.observations.filter(
      ({ fact }) => fact.kind !== 'process-state' || fact.pid !== pid,
    ),
  }
  return joinReadings([engine, own, others, await log, readMachine(gathering)])
}

function wasKilled(world: World, pid: number): boolean {
  return world.observations.some(({ fact }) => {
    if (fact.kind === 'kernel-oom') return fact.kills.some((kill) => kill.pid === pid)
    return (fact.kind === 'kernel-fault' || fact.kind === 'userspace-kill') && fact.pid === pid
  })
}

function noProcess(pid: number): Error {
  return unreachableError(
    `there is no process ${pid}, and the kernel log does not say that it killed one`,
    `pid:${pid}`,
    'take the PID that the host sees, not the one inside a container',
  )
}
