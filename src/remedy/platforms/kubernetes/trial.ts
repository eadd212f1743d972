/** Has the API server try a change, without making it. */
import { field, isRecord, listField, textField } from '../../../parsers/json-fields.ts'
import type { PlanProblem } from '../../../model/fix.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { ApiProblem } from '../../../sources/kubernetes/problem.ts'
import { apply, presentIn, type ChangeData } from './change.ts'
import { listPathOf, type ApiObject, type Cluster } from './cluster.ts'
import { sameMemory } from './containers.ts'
import { managersIn, writesOnce } from './managers.ts'
import {
  heldBy,
  isForbidden,
  isHeld,
  isOverQuota,
  isUntried,
  isWithoutRight,
  refusalOf,
  staysOverQuota,
} from './refusal.ts'

export interface Trial {
  problems: PlanProblem[]
  warnings: string[]
  /** Whether it has to be written over another manager, one who wrote it once or whom the user wants to overrule. */
  force: boolean
}

/** @param force the user wants to write over whoever holds it */
export async function tryOut(
  data: ChangeData,
  object: ApiObject,
  cluster: Cluster,
  { force }: { force: boolean },
): Promise<Trial> {
  const trial: Trial = { problems: [], warnings: [], force }
  const answer =
    (await attempt(data, object, cluster, trial)) ??
    // Held by somebody: what else there is against it is found by overruling him.
    (trial.force || trial.problems[0]?.kind === 'held'
      ? await attempt(data, object, cluster, { ...trial, force: true })
      : null)
  if (answer === null) return trial
  const would = presentIn(answer, data)
  if (
    would !== null &&
    !sameMemory({ ...would, request: null }, { ...data.after, request: null })
  ) {
    trial.problems.push({
      kind: 'refused',
      says: `it would have ${would.limit ?? 'no limit'} instead of ${data.after.limit ?? 'none'}: something in the API server changes what is written, as a webhook does`,
      todo: 'see the mutating webhooks: kubectl get mutatingwebhookconfigurations',
    })
  }
  if (data.object.kind !== 'pod') await tryPod(data, answer, cluster, trial)
  return trial
}

/** @returns what the object would be; null: it cannot be said, and the trial tells why */
async function attempt(
  data: ChangeData,
  object: ApiObject,
  cluster: Cluster,
  trial: Trial,
): Promise<ApiObject | null> {
  try {
    return await apply(data, object, cluster, { force: trial.force, dryRun: true })
  } catch (error) {
    cluster.signal.throwIfAborted()
    if (!(error instanceof ApiProblem)) throw error
    if (isUntried(error)) trial.warnings.push(`Not tried before: ${error.message}`)
    else if (!isHeld(error)) trial.problems.push(refusalOf(error))
    else {
      const others = managersIn(error.message).filter((manager) => !writesOnce(manager))
      if (others.length > 0) trial.problems.push(heldBy(others))
      else trial.force = true
    }
    return null
  }
}

/** Bounds of a namespace are asked when a pod is made, not when its template is written. */
async function tryPod(
  data: ChangeData,
  owner: ApiObject,
  { api, signal }: Cluster,
  trial: Trial,
): Promise<void> {
  try {
    await api.send({
      method: 'POST',
      path: listPathOf('pod', data.object.namespace),
      query: { dryRun: 'All' },
      body: { type: 'application/json', text: JSON.stringify(podOf(data, owner)) },
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ApiProblem)) throw error
    if (isWithoutRight(error) || isUntried(error)) {
      trial.warnings.push(
        `Whether the namespace lets its new pods in was not tried: ${isWithoutRight(error) ? `the right to ${error.missingRight ?? error.call} is missing` : error.message}`,
      )
    } else if (
      isForbidden(error) &&
      (!isOverQuota(error) || hasSurge(owner) || staysOverQuota(error, growthOf(data)))
    ) {
      trial.problems.push(refusalOf(error))
    } else {
      trial.warnings.push(`A pod of it, beside those that run, would be refused: ${error.message}`)
    }
  }
}

function podOf({ object, template }: ChangeData, owner: ApiObject): object {
  const made = field(owner, ...template)
  const spec = field(made, 'spec')
  // The controller of a StatefulSet puts them in.
  const claims = listField(owner, 50, 'spec', 'volumeClaimTemplates').flatMap((claim) => {
    const name = textField(claim, 'metadata', 'name')
    return name === null ? [] : [{ name, persistentVolumeClaim: { claimName: name } }]
  })
  const volumes = [...listField(spec, 500, 'volumes'), ...claims]
  const labels = field(made, 'metadata', 'labels')
  const annotations = field(made, 'metadata', 'annotations')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: object.namespace,
      generateName: `${object.name}-`,
      ...(isRecord(labels) ? { labels } : {}),
      ...(isRecord(annotations) ? { annotations } : {}),
    },
    spec: isRecord(spec) ? { ...spec, ...(volumes.length === 0 ? {} : { volumes }) } : {},
  }
}

function growthOf({ before, after }: ChangeData): { limit: number; request: number } {
  const bytes = (quantity: string | null): number => parseMemory(quantity) ?? 0
  return {
    limit: bytes(after.limit) - bytes(before.limit),
    request: bytes(after.request ?? after.limit) - bytes(before.request ?? before.limit),
  }
}

/** Whether a new pod comes before an old one goes: the default of a Deployment. */
function hasSurge(owner: ApiObject): boolean {
  if (textField(owner, 'kind') !== 'Deployment') return false
  if (textField(owner, 'spec', 'strategy', 'type') === 'Recreate') return false
  const surge = field(owner, 'spec', 'strategy', 'rollingUpdate', 'maxSurge')
  return surge !== 0 && surge !== '0%'
}
