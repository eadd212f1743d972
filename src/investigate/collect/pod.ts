import type { PodState } from '../../model/cluster.ts'
import type { World } from '../../model/evidence.ts'
import type { Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { findPodGroup } from '../../sources/cgroup/locate.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { readPod } from '../../sources/kubernetes/pod.ts'
import type { PodRead } from '../../sources/kubernetes/pod.ts'
import { ApiProblem, asStellaError } from '../../sources/kubernetes/problem.ts'
import { textOrNull } from '../../sources/reader.ts'
import { joinReadings } from '../../sources/reading.ts'
import type { Gathering } from './gathering.ts'
import { readGroupWorld, readMachine } from './surroundings.ts'

/** The kernel log is looked through from a while before what is told of last: earlier lives ended there. */
const BEFORE_MS = 60 * 60_000

/**
 * A pod of Kubernetes, from the API server, and where this machine is its node from its kernel too.
 *
 * @throws StellaError 3 where there is no such pod, or nothing of it may be read
 */
export async function collectPod(
  gathering: Gathering,
  target: Extract<Target, { kind: 'pod' }>,
): Promise<World> {
  const api = await kubernetesApi(gathering.reader)
  const { presentOnly, reader } = gathering
  let read: PodRead
  try {
    const signal = gathering.callSignal()
    read = await readPod(api, target, { presentOnly, signal, readAt: reader.now() })
  } catch (error) {
    if (error instanceof ApiProblem) throw asStellaError(error, api.access.where)
    throw error
  }
  if (read.bootId === null || read.bootId !== bootIdHere(gathering)) {
    return presentOnly ? read : joinReadings([read, elsewhere(read.pod?.fact ?? null)])
  }
  const group = read.pod === null ? [] : groupsOfPod(gathering, read.pod.fact)
  const log = await gathering.kernelLog(before(read), null)
  return joinReadings([read, ...group, log, readMachine(gathering)])
}

function bootIdHere({ reader }: Gathering): string | null {
  return textOrNull(reader, '/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

function elsewhere(pod: PodState | null): World {
  const node = pod === null || pod.node === null ? 'its node' : `node ${pod.node}`
  return {
    observations: [],
    unknown: [
      `the kernel log and the cgroups of ${node} were not read: stella watch on the node writes what they tell into an event of the pod`,
    ],
  }
}

function groupsOfPod(gathering: Gathering, { uid }: PodState): World[] {
  const { reader, hierarchy } = gathering
  if (hierarchy === null || uid === null) return readGroupWorld(gathering, '/')
  const path = findPodGroup(reader, hierarchy, uid)
  return path === null ? [] : readGroupWorld(gathering, path)
}

function before({ observations }: PodRead): Instant | null {
  const times = observations.flatMap(({ at, fact }) =>
    at === null || fact.kind === 'node-state' ? [] : at,
  )
  return times.length === 0 ? null : Math.min(...times) - BEFORE_MS
}
