import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation } from '../model/evidence.ts'
import type { Instant } from '../model/time.ts'
import { kernelLog } from '../parsers/kernel-log/index.ts'
import { knownContainers, type NamedContainer } from '../sources/docker/known-containers.ts'
import { readHostNow } from '../sources/host/live.ts'
import { readKernelLog } from '../sources/kernel/index.ts'
import type { Reader } from '../sources/reader.ts'

/** A container that ended with 137, or in which the kernel has killed. */
export interface Dead {
  /** What `stella why` takes: `docker:web`, `cgroup:/app`. */
  target: string
  exitCode: number | null
  /** What the kernel killed in it, the last one first. */
  kills: readonly Kill[]
}

export interface Kill {
  at: Instant | null
  pid: number | null
  name: string | null
}

/** What a machine shows at a glance of deaths for want of memory. */
export interface Glance {
  /** Containers that an engine still knows first; among them the one that died last. */
  dead: readonly Dead[]
  /** What could not be looked at, and which right is missing. */
  unread: readonly string[]
  /** Kills that the machine counts since it was started, where no log can be read that tells of them; else null. */
  unnamedKills: number | null
}

/** 128 + SIGKILL. */
const KILLED = 137
/** Somebody waits at the keyboard: whoever has not answered by then is left out. */
const PATIENCE_MS = 800
const MOST_LOG_BYTES = 2 * 1024 * 1024

/**
 * Looks at the containers of the engines, and then at the kernel's ring buffer, each for less than a second. Not at both at
 * once: reading the log keeps the processor, and an engine that has answered meanwhile would seem late.
 */
export async function glance(reader: Reader): Promise<Glance> {
  const listed = await knownContainers(reader, AbortSignal.timeout(PATIENCE_MS))
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const options = { since: null, signal, maxBytes: MOST_LOG_BYTES }
  const log = await readKernelLog(reader, kernelLog, options)
  const { containers } = listed
  const isLogRead = log.observations.some(({ fact }) => fact.kind === 'kernel-log-coverage')
  return {
    dead: [...byTarget(containers, log.observations).values()].toSorted(newestFirst),
    unread: [...listed.unread, ...log.unknown],
    unnamedKills: isLogRead ? null : readHostNow(reader).oomKills || null,
  }
}

function byTarget(
  containers: readonly NamedContainer[],
  observations: readonly Observation[],
): Map<string, Dead> {
  const dead = new Map<string, Dead>()
  for (const { target, exitCode } of containers) {
    if (exitCode === KILLED) dead.set(target, { target, exitCode, kills: [] })
  }
  for (const { at, fact } of observations) {
    if (fact.kind !== 'kernel-oom') continue
    const target = targetOf(fact.taskMemcg ?? fact.oomMemcg, containers)
    const { exitCode = null, kills = [] } = dead.get(target) ?? {}
    const killed = fact.kills.map(({ pid, name }) => ({ at, pid, name }))
    if (killed.length > 0) dead.set(target, { target, exitCode, kills: [...killed, ...kills] })
  }
  return dead
}

/** The container of a group, where an engine still knows it; else the group, or the whole machine. */
function targetOf(path: string | null, containers: readonly NamedContainer[]): string {
  if (path === null || path === '/') return 'host'
  const { containerId } = describeCgroupPath(path)
  const known = containers.find(({ id }) => id === containerId)
  return known?.target ?? `cgroup:${path}`
}

/** A group is mostly gone, and what it was is known to the kernel log alone. */
function newestFirst(one: Dead, other: Dead): number {
  const isGroup = ({ target }: Dead): number => Number(target.startsWith('cgroup:'))
  return isGroup(one) - isGroup(other) || (other.kills[0]?.at ?? 0) - (one.kills[0]?.at ?? 0)
}
