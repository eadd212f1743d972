import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { unreachableError } from '../../model/errors.ts'
import type { World } from '../../model/evidence.ts'
import type { ContainerState } from '../../model/facts.ts'
import { isLoopback } from '../../model/loopback.ts'
import type { Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { readChain } from '../../sources/cgroup/index.ts'
import { cgroupOfProcess, locateContainer, locateParent } from '../../sources/cgroup/locate.ts'
import { didYouMean } from '../../parsers/nearest-word.ts'
import { readContainer, readEvents } from '../../sources/docker/container.ts'
import type { FoundContainer } from '../../sources/docker/container.ts'
import { joinReadings } from '../../sources/reading.ts'
import { findContainer, meantContainers } from './find-container.ts'
import type { ContainerSearch } from './find-container.ts'
import type { Gathering } from './gathering.ts'
import { readGroupWorld, readMachine } from './surroundings.ts'

/** The kernel log is looked through from a while before the last start: an earlier life may have ended the same way. */
const BEFORE_START_MS = 10 * 60_000

export async function collectContainer(
  gathering: Gathering,
  target: Extract<Target, { kind: 'container' }>,
): Promise<World> {
  const search = await findContainer(gathering, target.engine, target.name)
  if (search.found !== null) return readFound(gathering, search.found)
  const removed = await readRemoved(gathering, search, target.name)
  if (removed !== null) return removed
  throw notFound(target, search, await meantContainers(gathering, target.name, search.answered))
}

/** What is known about a container that the engine still has. */
export async function readFound(gathering: Gathering, found: FoundContainer): Promise<World> {
  const { state, engine } = found
  const { startedAt } = state.fact
  const told = gathering.presentOnly
    ? { observations: [state], unknown: [] }
    : gathering.ask(`${engine.name} at ${engine.where}`, (signal) =>
        readContainer(gathering.reader, found, { since: gathering.since, signal }),
      )
  if (isElsewhere(engine.where)) {
    const unknown = [
      `the kernel log and the cgroups of the machine behind ${engine.where} were not read: run stella there`,
    ]
    return joinReadings([await told, { observations: [], unknown }])
  }
  const log = gathering.kernelLog(earlier(startedAt), startedAt)
  const group = readGroupOf(gathering, state.fact)
  return joinReadings([await told, ...group, await log, readMachine(gathering)])
}

/** An engine forgets a removed container; its events, which carry the id, and the kernel log do not at once. */
async function readRemoved(
  gathering: Gathering,
  search: ContainerSearch,
  name: string,
): Promise<World | null> {
  for (const engine of search.answered) {
    const events = await gathering.ask(`${engine.name} at ${engine.where}`, (signal) =>
      readEvents(gathering.reader, engine, name, { since: gathering.since, signal }),
    )
    const first = events.observations[0]
    if (first === undefined) continue
    const unknown = [
      `container ${name} is removed: its state and its log are gone, only events and the kernel log remain`,
    ]
    const log = isElsewhere(engine.where)
      ? []
      : [await gathering.kernelLog(earlier(first.at), first.at)]
    return joinReadings([events, { observations: [], unknown }, ...log, readMachine(gathering)])
  }
  return null
}

function earlier(at: Instant | null): Instant | null {
  return at === null ? null : at - BEFORE_START_MS
}

/** The engine's word for the main process is checked against the kernel's: PIDs of another machine are not ours. */
function readGroupOf(gathering: Gathering, state: ContainerState): World[] {
  const { reader, hierarchy } = gathering
  if (hierarchy === null) return readGroupWorld(gathering, '/')
  const byProcess =
    state.pid === null || state.pid === 0 ? null : cgroupOfProcess(reader, hierarchy, state.pid)
  const containers = byProcess === null ? [] : describeCgroupPath(byProcess).containers
  const own = containers.find(({ id }) => id === state.id)?.path ?? null
  const path = own ?? locateContainer(reader, hierarchy, state)
  if (path !== null) return readGroupWorld(gathering, path)
  const unknown =
    state.running === true
      ? [
          `the cgroup of the running container ${state.id.slice(0, 12)} was not found on this machine`,
        ]
      : []
  const parent = locateParent(reader, hierarchy, state)
  const above = parent === null ? [] : [readChain(reader, hierarchy, parent)]
  return [{ observations: [], unknown }, ...above]
}

/** The engine runs on another machine. */
export function isElsewhere(where: string): boolean {
  if (!URL.canParse(where)) return false
  const { protocol, hostname } = new URL(where)
  return protocol !== 'unix:' && !isLoopback(hostname)
}

/**
 * Nobody knows the container, or nobody could be asked.
 *
 * @param meant targets that are called almost the same
 */
export function notFound(
  target: Extract<Target, { kind: 'container' }>,
  search: ContainerSearch,
  meant: readonly string[],
): Error {
  const name = `${target.engine}:${target.name}`
  if (search.answered.length > 0) {
    return unreachableError(
      `no container ${target.name} is known to ${search.looked.join(', ')}`,
      name,
      meant.length > 0 ? didYouMean(meant) : `look for its name with '${target.engine} ps --all'`,
    )
  }
  return unreachableError(
    `${target.engine} could not be asked: ${search.problems.join(', ')}`,
    name,
    search.denied
      ? 'run stella with that right'
      : target.engine === 'docker'
        ? 'start the daemon, or say with DOCKER_HOST where it answers'
        : 'install podman, or say with CONTAINER_HOST where it answers',
  )
}
