import { controllerOf } from '../../../parsers/kubernetes/controller.ts'
import type { Controller } from '../../../parsers/kubernetes/controller.ts'
import { StellaError, usageError } from '../../../model/errors.ts'
import {
  getObject,
  KIND_NAMES,
  KINDS,
  nameOf,
  type ApiObject,
  type Cluster,
  type KindName,
  type ObjectName,
} from './cluster.ts'

/** What makes the pods, and can be told to make other ones. */
export interface Owner {
  name: ObjectName
  object: ApiObject
  /** Where the template of its pods stands. */
  template: readonly string[]
}

/** Kinds whose template can be changed; a change replaces their pods, a CronJob's those of its next run. */
const TEMPLATES: ReadonlyMap<KindName, readonly string[]> = new Map([
  ['deployment', ['spec', 'template']],
  ['statefulset', ['spec', 'template']],
  ['daemonset', ['spec', 'template']],
  ['cronjob', ['spec', 'jobTemplate', 'spec', 'template']],
])

export type OwnerFound = { owner: Owner } | { refusal: StellaError }

/** Goes up from a pod to what decides about its template: ReplicaSet to Deployment, Job to CronJob. */
export async function findOwner(
  pod: ApiObject,
  name: ObjectName,
  cluster: Cluster,
): Promise<OwnerFound> {
  let object = pod
  let below = name
  for (;;) {
    const above = controllerOf(object)
    if (above === null) return { refusal: withoutOwner(below) }
    const kind = knownKind(above)
    const template = kind === null ? undefined : TEMPLATES.get(kind)
    const passesOn = kind === 'replicaset' || kind === 'job'
    if (kind === null || (template === undefined && !passesOn)) {
      return { refusal: unknownOwner(above, name.namespace) }
    }
    const owner: ObjectName = { kind, namespace: name.namespace, name: above.name }
    object = await getObject(owner, cluster)
    if (template !== undefined) return { owner: { name: owner, object, template } }
    below = owner
  }
}

/** The kinds that give their pods a name of their own and five letters or digits. */
const NAMING_KINDS = ['replicaset', 'daemonset', 'job'] as const
/** A CronJob names its Jobs by the minute of their run since 1970 (in seconds before 1.21), and keeps few of them. */
const RUN_OF_CRONJOB = /^(.+)-(?:\d{8}|\d{10})$/

/**
 * Who made a pod that is gone, by its name.
 *
 * @returns null where nobody is known to have made it
 */
export async function formerOwner(name: ObjectName, cluster: Cluster): Promise<Owner | null> {
  const stem = /^(.+)-[a-z0-9]{5}$/.exec(name.name)?.[1]
  if (stem === undefined) return null
  for (const kind of NAMING_KINDS) {
    const below: ObjectName = { ...name, kind, name: stem }
    const object = await getObject(below, cluster).catch(missing)
    if (object === null) continue
    const template = TEMPLATES.get(kind)
    if (template !== undefined) return { name: below, object, template }
    const found = await findOwner(object, below, cluster)
    if ('owner' in found) return found.owner
  }
  const cronJob = RUN_OF_CRONJOB.exec(stem)?.[1]
  return cronJob === undefined
    ? null
    : cronJobNamed({ ...name, kind: 'cronjob', name: cronJob }, cluster)
}

async function cronJobNamed(name: ObjectName, cluster: Cluster): Promise<Owner | null> {
  const object = await getObject(name, cluster).catch(missing)
  const template = TEMPLATES.get('cronjob')
  return object === null || template === undefined ? null : { name, object, template }
}

function missing(error: unknown): null {
  if (error instanceof StellaError && error.refusal === 'missing') return null
  throw error
}

/** Others use the names of Kubernetes' own kinds, too: there is a StatefulSet in `apps.kruise.io`. */
function knownKind({ apiVersion, kind }: Controller): KindName | null {
  const group = apiVersion.split('/')[0]
  const found = KIND_NAMES.find(
    (name) => KINDS[name].kind === kind && KINDS[name].apiVersion.split('/')[0] === group,
  )
  return found ?? null
}

function withoutOwner(below: ObjectName): StellaError {
  const where = nameOf(below)
  if (below.kind === 'pod') {
    return usageError(
      'nothing would make this pod anew, and its memory cannot be changed as it runs here',
      where,
      'change its manifest and apply it again, or let a Deployment make it',
    )
  }
  if (below.kind === 'job') {
    return usageError(
      'the template of a Job cannot be changed',
      where,
      'delete the Job, and make it again with the new limit',
    )
  }
  return usageError(
    'a change of a ReplicaSet of its own replaces no pods',
    where,
    'let a Deployment own it, or change its template and delete its pods by hand',
  )
}

function unknownOwner(
  { kind, name }: Pick<Controller, 'kind' | 'name'>,
  namespace: string,
): StellaError {
  return usageError(
    `the pod belongs to a ${kind}, a kind that stella does not change`,
    `${kind} ${namespace}/${name}`,
    'change resources.limits.memory in the template of its pods',
  )
}
