import { usageError, type StellaError } from '../../../model/errors.ts'
import { field, listField, textField } from '../../../parsers/json-fields.ts'
import type { Hands } from '../../driver.ts'
import { getObject, type ApiObject, type ObjectName } from './kubectl.ts'

/** What makes the pods, and can be told to make other ones. */
export interface Owner {
  name: ObjectName
  object: ApiObject
  /** Where the template of its pods stands. */
  template: readonly string[]
}

/** Kinds whose template can be changed; a change replaces their pods, a CronJob's those of its next run. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
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
  hands: Hands,
): Promise<OwnerFound> {
  let object = pod
  let below = name
  for (;;) {
    const above = controllerOf(object, below.namespace)
    if (above === null) return { refusal: withoutOwner(below) }
    const template = TEMPLATES.get(above.kind)
    const passesOn = above.kind === 'replicaset' || above.kind === 'job'
    if (template === undefined && !passesOn) return { refusal: unknownOwner(above) }
    object = await getObject(above, hands)
    if (template !== undefined) return { owner: { name: above, object, template } }
    below = above
  }
}

function controllerOf(object: ApiObject, namespace: string): ObjectName | null {
  for (const reference of listField(object, 50, 'metadata', 'ownerReferences')) {
    const kind = textField(reference, 'kind')
    const name = textField(reference, 'name')
    if (field(reference, 'controller') !== true || kind === null || name === null) continue
    return { kind: kind.toLowerCase(), namespace, name }
  }
  return null
}

function withoutOwner({ kind, namespace, name }: ObjectName): StellaError {
  const where = `${kind} ${namespace}/${name}`
  if (kind === 'pod') {
    return usageError(
      'nothing would make this pod anew, and its memory cannot be changed as it runs here',
      where,
      'change its manifest and apply it again, or let a Deployment make it',
    )
  }
  if (kind === 'job') {
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

function unknownOwner({ kind, namespace, name }: ObjectName): StellaError {
  return usageError(
    `the pod belongs to a ${kind}, a kind that stella does not change`,
    `${kind} ${namespace}/${name}`,
    'change resources.limits.memory in the template of its pods',
  )
}

/** Who writes this object again, so that a change of it is lost: what to change there. */
export function managerWarnings(object: ApiObject, container: string, limit: string): string[] {
  const label = (name: string): string | null => textField(object, 'metadata', 'labels', name)
  const note = (name: string): string | null => textField(object, 'metadata', 'annotations', name)
  const release = note('meta.helm.sh/release-name')
  const where = `resources.limits.memory of ${container} to ${limit}`
  if (release !== null || label('app.kubernetes.io/managed-by') === 'Helm') {
    return [
      `Helm${release === null ? '' : ` (release ${release})`} writes over it at its next upgrade: set ${where} in the chart’s values, most often --set resources.limits.memory=${limit}`,
    ]
  }
  const argo = note('argocd.argoproj.io/tracking-id') ?? label('argocd.argoproj.io/instance')
  if (argo !== null) {
    return [
      `Argo CD (${argo.split(':')[0]}) writes over it at its next sync: set ${where} in its repository`,
    ]
  }
  const flux = label('kustomize.toolkit.fluxcd.io/name') ?? label('helm.toolkit.fluxcd.io/name')
  if (flux !== null) {
    return [`Flux (${flux}) writes over it at its next round: set ${where} in its repository`]
  }
  return note('kubectl.kubernetes.io/last-applied-configuration') === null
    ? []
    : [`kubectl apply of its manifest writes over it: set ${where} there, too`]
}
