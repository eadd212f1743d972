import { containerSpecs, containerStatuses } from '../../parsers/kubernetes/pod-parts.ts'
import { cgroupAncestors, describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { unreachableError, usageError } from '../../model/errors.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import type { Observation, World } from '../../model/evidence.ts'
import type { Target } from '../../model/subject.ts'
import { bareContainerId, readPod } from '../../parsers/kubernetes/pod.ts'
import { listField, textField } from '../../parsers/json-fields.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { locateContainer } from '../../sources/cgroup/locate.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { readNodeOf } from '../../sources/kubernetes/pod.ts'
import { ApiProblem, asStellaError } from '../../sources/kubernetes/problem.ts'
import { podFigures } from '../../sources/kubernetes/stats.ts'
import type { Reader } from '../../sources/reader.ts'

type PodTarget = Extract<Target, { kind: 'pod' }>

/** A pod that lives, where its memory is told. */
export interface PodNow {
  /** As the API server holds it. */
  pod: Record<string, unknown>
  state: Observation | null
  /** Its node with the settings of the kubelet, where its group is on this machine and may have a share of swap. */
  around: readonly Observation[]
  /** Its memory group, or its container's, where this machine is its node; null: it is another machine. */
  path: string | null
  /** What the kubelet tells; null where it was not asked, or tells nothing. */
  figures: KubeletFigures | null
  unknown: readonly string[]
}

const NOTHING: World = { observations: [], unknown: [] }
const TIMEOUT_MS = 20_000
const MAX_CONTAINERS = 200

/**
 * What tells of the memory of a pod now: its group where it runs on this very machine, else its kubelet.
 *
 * @throws StellaError 2 where it has no container of the name, 3 where the cluster or the pod cannot be reached
 */
export async function podNow(
  reader: Reader,
  { namespace, pod: name, container }: PodTarget,
): Promise<PodNow> {
  const api = await kubernetesApi(reader)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const pod = await api.get({ path: `/api/v1/namespaces/${namespace}/pods/${name}`, signal })
    refuseUnknown(pod, container)
    const hierarchy = findMemoryHierarchy(reader)
    const path = hierarchy === null ? null : groupHere(reader, hierarchy, pod, container)
    const from = `${api.access.where}/api/v1/namespaces/${namespace}/pods/${name}`
    const origin = { from, readAt: reader.now(), source: null }
    const state = readPod({ kind: 'Pod', value: pod, line: null }, origin)
    if (path === null) {
      return { pod, state, around: [], path, ...(await podFigures(api, pod, container, signal)) }
    }
    // On cgroup v1 a kubelet sets neither memory.high nor a share of swap.
    const { observations, unknown } =
      hierarchy?.version === 2
        ? await readNodeOf(api, pod, { signal, readAt: reader.now() })
        : NOTHING
    return { pod, state, around: observations, path, figures: null, unknown }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.kind === 'missing') {
      throw unreachableError(
        `there is no pod ${name} in ${namespace}`,
        api.access.where,
        "name one of 'kubectl get pods -A'",
        { cause: error },
      )
    }
    throw asStellaError(error, api.access.where)
  }
}

/** Containers that run for good, by their names. */
export function containersOf(pod: unknown): string[] {
  return listField(pod, MAX_CONTAINERS, 'spec', 'containers').flatMap(
    (container) => textField(container, 'name') ?? [],
  )
}

function refuseUnknown(pod: unknown, container: string | null): void {
  const names = containerSpecs(pod).flatMap((one) => textField(one, 'name') ?? [])
  if (container === null || names.includes(container)) return
  throw usageError(
    `the pod has no container ${container}`,
    null,
    `name one of ${names.slice(0, 8).join(', ')}`,
  )
}

/** Ids of containers are the same on no two machines. */
function groupHere(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  pod: unknown,
  container: string | null,
): string | null {
  for (const status of containerStatuses(pod)) {
    if (container !== null && textField(status, 'name') !== container) continue
    const id = bareContainerId(textField(status, 'containerID'))
    const path =
      id === null
        ? null
        : locateContainer(reader, hierarchy, { id, engine: 'docker', cgroupParent: null })
    if (path === null) continue
    return container === null ? groupOfPod(path) : path
  }
  return null
}

function groupOfPod(path: string): string {
  const { podPath } = describeCgroupPath(path)
  return podPath ?? cgroupAncestors(path)[0] ?? path
}
