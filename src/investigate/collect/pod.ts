import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { PodState } from '../../model/cluster.ts'
import type { World } from '../../model/evidence.ts'
import type { Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { findPodGroup } from '../../sources/cgroup/locate.ts'
import type { KubernetesApi } from '../../sources/kubernetes/api.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { kubeletFigures } from '../../sources/kubernetes/kubelet.ts'
import { attempt, gapOf } from '../../sources/kubernetes/objects.ts'
import { readPod } from '../../sources/kubernetes/pod.ts'
import type { PodRead } from '../../sources/kubernetes/pod.ts'
import { ApiProblem, asStellaError } from '../../sources/kubernetes/problem.ts'
import { bootIdOf } from '../../sources/proc/boot-id.ts'
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
  if (read.pod === null && !presentOnly)
    return joinReadings([read, await ifItRanHere(gathering, read)])
  if (read.bootId === null || read.bootId !== bootIdOf(reader)) {
    if (presentOnly || read.pod === null) return read
    const { fact: pod } = read.pod
    return joinReadings([read, await toldByKubelet(gathering, api, pod), elsewhere(pod)])
  }
  const group = read.pod === null ? [] : groupsOfPod(gathering, read.pod.fact)
  const log = await gathering.kernelLog(before(read), null)
  return joinReadings([read, ...group, log, readMachine(gathering)])
}

/** Which node a pod had that is gone is not told; the kernel that killed in it knows its uid. */
async function ifItRanHere(gathering: Gathering, read: PodRead): Promise<World> {
  const uids = read.observations.flatMap(({ fact }) =>
    fact.kind === 'kubernetes-event' && fact.objectUid !== null ? fact.objectUid : [],
  )
  const log = await gathering.kernelLog(before(read), null)
  const isIts = (path: string | null): boolean =>
    path !== null && uids.includes(describeCgroupPath(path).podUid ?? '')
  const ranHere = log.observations.some(
    ({ fact }) => fact.kind === 'kernel-oom' && (isIts(fact.taskMemcg) || isIts(fact.oomMemcg)),
  )
  return ranHere ? joinReadings([log, readMachine(gathering)]) : elsewhere(null)
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

/** Who lives may have lost a child, which neither its status nor an event tells; its kubelet counts it. */
async function toldByKubelet(
  gathering: Gathering,
  api: KubernetesApi,
  { node, namespace, name, containers }: PodState,
): Promise<World> {
  if (node === null || containers.every(({ state }) => state?.phase !== 'running')) {
    return { observations: [], unknown: [] }
  }
  const asking = { signal: gathering.callSignal(), readAt: gathering.reader.now() }
  const read = await attempt(kubeletFigures(api, { node, namespace, name }, asking))
  return read.ok
    ? { observations: read.value, unknown: [] }
    : { observations: [], unknown: [gapOf(`figures of the kubelet of ${node}`, read.problem)] }
}

function groupsOfPod(gathering: Gathering, { uid }: PodState): World[] {
  const { reader, hierarchy } = gathering
  if (hierarchy === null || uid === null) return readGroupWorld(gathering, '/')
  const path = findPodGroup(reader, hierarchy, uid)
  return path === null ? [] : readGroupWorld(gathering, path)
}

function before({ observations }: PodRead): Instant | null {
  const times = observations.flatMap(({ at, fact }) =>
    at === null || fact.kind === 'node-state' || fact.kind === 'kubelet-settings' ? [] : at,
  )
  return times.length === 0 ? null : Math.min(...times) - BEFORE_MS
}
