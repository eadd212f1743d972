import { StellaError, usageError } from '../../../model/errors.ts'
import type { FixTarget } from '../../../model/fix.ts'
import { listField } from '../../../parsers/json-fields.ts'
import type { PlanRequest } from '../../driver.ts'
import { getObject, type ApiObject, type Cluster, type ObjectName } from './cluster.ts'
import { findOwner, formerOwner, type Owner, type OwnerFound } from './owner.ts'
import { placeIn, type Place } from './place.ts'

/** What is there to be changed. */
export interface Situation {
  target: FixTarget
  /** Null: it is gone, and its owner makes others. */
  inPod: Place | null
  /** In the template of the owner. */
  found: { place: Place } | { refusal: StellaError }
}

/** @throws StellaError where neither the pod nor who made it is there */
export async function lookAt(
  { target, change }: PlanRequest,
  cluster: Cluster,
): Promise<Situation> {
  if (target.kind !== 'pod' || change.kind !== 'limit') {
    throw usageError('only the limit of a pod’s container is changed', null, 'name another target')
  }
  const name: ObjectName = { kind: 'pod', namespace: target.namespace, name: target.pod }
  const seen = await podOrOwner(name, cluster)
  if ('owner' in seen) {
    const place = placeIn(seen.owner, target.container, change)
    return { target, inPod: null, found: { place } }
  }
  const inPod = placeIn({ name, object: seen.pod, template: [] }, target.container, change)
  const found = await findOwner(seen.pod, name, cluster).catch(refusalOf)
  return {
    target,
    inPod,
    found: 'owner' in found ? { place: placeIn(found.owner, inPod.container.name, change) } : found,
  }
}

async function podOrOwner(
  name: ObjectName,
  cluster: Cluster,
): Promise<{ pod: ApiObject } | { owner: Owner }> {
  try {
    return { pod: await getObject(name, cluster) }
  } catch (error) {
    const isGone = error instanceof StellaError && error.refusal === 'missing'
    const owner = isGone ? await formerOwner(name, cluster) : null
    if (owner === null) throw error
    return { owner }
  }
}

/** Who may resize a pod may not be one who may read its owner. */
function refusalOf(error: unknown): OwnerFound {
  if (error instanceof StellaError) return { refusal: error }
  throw error
}

/** Whether somebody makes the pod anew. */
export function isOwned(pod: ApiObject): boolean {
  return listField(pod, 50, 'metadata', 'ownerReferences').length > 0
}
