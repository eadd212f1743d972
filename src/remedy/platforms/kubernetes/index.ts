import { containerStatuses } from '../../../parsers/kubernetes/pod-parts.ts'
import * as z from 'zod/mini'
import { usageError } from '../../../model/errors.ts'
import type { ChangePlan, Workload } from '../../../model/fix.ts'
import { listField, textField } from '../../../parsers/json-fields.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { ChangeData, make, takeBack } from './change.ts'
import { abilities, nameOf, openCluster, type Cluster } from './cluster.ts'
import { whyNotInPlace } from './in-place.ts'
import { manifestOf } from './manifests.ts'
import type { Place } from './place.ts'
import { inPlacePlan, templatePlan } from './plan.ts'
import { ResizedData, resizeEnd } from './resized.ts'
import { RolloutData, rolloutEnd } from './rollout.ts'
import { isOwned, lookAt, type Situation } from './situation.ts'

/** A container of a pod: in the template of the pod's owner, or as it runs where there is none or it is asked for. */
export const kubernetes: Driver = {
  platform: 'kubernetes',
  handles: (target, change) => target.kind === 'pod' && change.kind === 'limit',
  plan,
  async manifest(request, form, hands) {
    const { inPod, found } = await lookAt(request, await openCluster(hands))
    if ('place' in found) return manifestOf(found.place, form)
    // Nobody makes it anew, but its manifest may lie in a repository.
    if (inPod === null || isOwned(inPod.object)) throw found.refusal
    return manifestOf(inPod, form)
  },
  async carryOut(step, hands) {
    const data = StepData.parse(step.data)
    if (data.kind === 'rollout') await rolloutEnd(data, hands)
    else if (data.kind === 'resized') await resizeEnd(data, hands)
    else await make(data, await openCluster(hands))
    return {}
  },
  async takeBack(step, hands, options) {
    const data = StepData.parse(step.data)
    // Waiting changes nothing.
    if (data.kind === 'change') await takeBack(data, await openCluster(hands), options)
  },
}

const StepData = z.discriminatedUnion('kind', [ChangeData, RolloutData, ResizedData])

async function plan(request: PlanRequest, hands: Hands): Promise<ChangePlan> {
  const cluster = await openCluster(hands)
  const { target, inPod, found } = await lookAt(request, cluster)
  const force = request.force === true
  const obstacle = await obstacleTo(request, inPod, cluster)
  const runs = obstacle === null ? inPod : null
  if (request.inPlace === true && runs === null) {
    throw usageError(
      `it cannot be changed as it runs: ${obstacle ?? 'the pod is gone'}`,
      inPod === null ? null : nameOf(inPod.name),
      'leave --in-place out',
    )
  }
  if ('place' in found && request.inPlace !== true) {
    const body = await templatePlan(found.place, runs, cluster, force)
    return { ...body, target, workload: workloadOf(inPod ?? found.place) }
  }
  if (runs !== null) {
    const body = await inPlacePlan(runs, keeperOf(found, runs), cluster, force)
    return { ...body, target, workload: workloadOf(runs) }
  }
  throw 'refusal' in found ? found.refusal : usageError('it is gone', null, 'name another pod')
}

/** Why the running pod is not changed; null: it can be. */
async function obstacleTo(
  { recreate }: PlanRequest,
  inPod: Place | null,
  cluster: Cluster,
): Promise<string | null> {
  if (inPod === null) return 'the pod is gone'
  return recreate ? 'it was asked for anew' : whyNotInPlace(inPod, await abilities(cluster))
}

/** Who makes pods with the earlier limit again, as a sentence. */
function keeperOf(found: Situation['found'], { object }: Place): string {
  if ('place' in found) {
    return `A new pod starts with the earlier limit again: ${nameOf(found.place.name)} keeps it. To change that instead, leave --in-place out`
  }
  if (!isOwned(object)) return 'Nothing makes this pod anew: its manifest keeps the earlier limit'
  const { where, message, todo } = found.refusal
  return `A new pod starts with the earlier limit again, and its owner is not changed: ${where ?? ''}: ${message}; ${todo}`
}

/** @param place in the pod; in a template nobody knows which image its name is */
function workloadOf({ object, container: { name, spec } }: Place): Workload {
  const status = containerStatuses(object).find((one) => textField(one, 'name') === name)
  const words = [...listField(spec, 500, 'command'), ...listField(spec, 500, 'args')]
  return {
    image: textField(spec, 'image'),
    imageId: textField(status, 'imageID'),
    command: words.filter((word) => typeof word === 'string'),
  }
}
