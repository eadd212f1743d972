import type { Observation } from '../../model/evidence.ts'
import type {
  PodController,
  PodState,
  WorkloadRevision,
  WorkloadVersion,
} from '../../model/cluster.ts'
import { smallestOf } from '../../model/extremes.ts'
import type { Origin } from '../format.ts'
import type { ApiObject } from './documents.ts'

import {
  field,
  instantField,
  listField,
  numberField,
  textField,
  writeJson,
} from '../json-fields.ts'
import { controllerOf } from './controller.ts'
import { observe } from './observation.ts'
import { parseMemory } from './quantity.ts'

const MAX_CONTAINERS = 200
/** Deployments keep ten old ones unless they are told otherwise. */
const MAX_REVISIONS = 50

/** What a ReplicaSet, a ControllerRevision or a Job says of the version of the pods that it makes. */
export function readWorkloadVersion(
  { kind: objectKind, value, line }: ApiObject,
  origin: Origin,
): Observation<WorkloadVersion> | null {
  const name = textField(value, 'metadata', 'name')
  if (name === null) return null
  const maker = controllerOf(value)
  const annotations = field(value, 'metadata', 'annotations')
  const again = textField(annotations, 'deployment.kubernetes.io/revision-history') !== null
  const created = instantField(value, 'metadata', 'creationTimestamp')
  const template = objectKind === 'ControllerRevision' ? field(value, 'data') : value
  const fact: WorkloadVersion = {
    kind: 'workload-version',
    namespace: textField(value, 'metadata', 'namespace') ?? 'default',
    objectKind,
    name,
    owner: maker === null ? { kind: objectKind, name } : { kind: maker.kind, name: maker.name },
    revision: numberField(value, 'revision') ?? counted(annotations),
    since: again ? null : created,
    containers: containersIn(field(template, 'spec', 'template', 'spec')),
  }
  return observe(origin, {
    fact,
    at: created,
    says: describe(fact),
    excerpt: writeJson({ revision: fact.revision, containers: fact.containers }),
    line,
  })
}

function counted(annotations: unknown): number | null {
  const revision = Number(textField(annotations, 'deployment.kubernetes.io/revision') ?? Number.NaN)
  return Number.isFinite(revision) ? revision : null
}

function containersIn(spec: unknown): WorkloadVersion['containers'] {
  return listField(spec, MAX_CONTAINERS, 'containers').flatMap((container) => {
    const name = textField(container, 'name')
    if (name === null) return []
    return {
      name,
      image: textField(container, 'image'),
      memoryLimitBytes: parseMemory(field(container, 'resources', 'limits', 'memory')),
    }
  })
}

function describe({ objectKind, namespace, name, owner, revision }: WorkloadVersion): string {
  const what = `${objectKind} ${namespace}/${name}`
  if (owner.kind === objectKind && owner.name === name) return `${what} belongs to nobody`
  const of = `${owner.kind} ${owner.name}`
  return `${what} is ${revision === null ? `of ${of}` : `revision ${revision} of ${of}`}`
}

/**
 * The revisions that a workload has had, newest first, with how their pods fare.
 *
 * @param versions in the namespace of the workload; those of others are left out
 * @param pods in the same namespace, as they are now
 */
export function revisionsOf(
  owner: PodController,
  versions: readonly WorkloadVersion[],
  pods: readonly PodState[],
): WorkloadRevision[] {
  // Whoever watches writes the same one down again and again.
  const latest = new Map(versions.filter(isOf(owner)).map((version) => [version.name, version]))
  return [...latest.values()]
    .flatMap((version) => {
      const { revision, containers } = version
      if (revision === null) return []
      const own = pods.filter((pod) => isMadeBy(pod, version))
      return { revision, since: version.since ?? oldest(own), containers, ...endsOf(own) }
    })
    .toSorted((a, b) => b.revision - a.revision)
    .slice(0, MAX_REVISIONS)
}

function isOf({ kind, name }: PodController): (version: WorkloadVersion) => boolean {
  return ({ owner }) => owner.kind === kind && owner.name === name
}

function isMadeBy({ controller, madeFrom }: PodState, version: WorkloadVersion): boolean {
  if (controller === undefined || controller === null) return false
  const { objectKind, name, owner } = version
  if (objectKind !== 'ControllerRevision') {
    return controller.kind === objectKind && controller.name === name
  }
  if (madeFrom === undefined || !isOf(controller)(version)) return false
  // A StatefulSet writes the whole name of the revision, a DaemonSet its last word.
  return name === madeFrom || name === `${owner.name}-${madeFrom}`
}

function oldest(pods: readonly PodState[]): number | null {
  const times = pods.flatMap(({ createdAt }) => createdAt ?? [])
  return times.length === 0 ? null : smallestOf(times)
}

function endsOf(
  pods: readonly PodState[],
): Pick<WorkloadRevision, 'oomKilled' | 'restarts' | 'pods'> {
  const containers = pods
    .flatMap((pod) => pod.containers)
    .filter(({ role }) => role !== 'ephemeral')
  return {
    oomKilled: containers.filter(({ state, lastState }) =>
      [state, lastState].some((one) => one?.reason === 'OOMKilled'),
    ).length,
    restarts: containers.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0),
    pods: pods.length,
  }
}
