import { quote } from '../../../advice/shell.ts'
import { formatBytes } from '../../../model/bytes.ts'
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import { field } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { qosClassOfSpec } from '../../../parsers/kubernetes/qos.ts'
import { autoscalerWarnings } from './autoscalers.ts'
import { patchOf, type ChangeData } from './change.ts'
import { nameOf, type ApiObject, type Cluster, type ObjectName } from './cluster.ts'
import { lowering, restarts } from './in-place.ts'
import { managerWarnings } from './managers.ts'
import { changeData, changesOf, diffOf, isThere, refuseSame, type Place } from './place.ts'
import { tryOut } from './trial.ts'

/** A plan without whom it is about. */
export type PlanBody = Omit<ChangePlan, 'target' | 'workload'>

/** @param keeper who makes pods with the earlier limit again, as a sentence */
export async function inPlacePlan(
  place: Place,
  keeper: string,
  cluster: Cluster,
  force: boolean,
): Promise<PlanBody> {
  refuseSame(place)
  const trial = await tryOut(changeData(place, false), place.object, cluster, { force })
  const lower = await lowering(place, cluster)
  return {
    ...commonPlan(place),
    method: 'in-place',
    risk: 'low',
    warnings: [...restartWarning(place), keeper, ...trial.warnings, ...lower.warnings],
    steps: resizeSteps(place, trial.force),
    problems: [...trial.problems, ...lower.problems],
  }
}

function restartWarning({ container }: Place): string[] {
  return restarts(container) ? ['The container is restarted: its resizePolicy says so'] : []
}

function resizeSteps(place: Place, force: boolean): FixStep[] {
  const { name, container, after } = place
  const data = changeData(place, force)
  const patch = JSON.stringify(patchOf(data, after))
  return [
    {
      id: 'resize',
      says: `set the memory of ${container.name} in ${nameOf(name)} as it runs`,
      command: `kubectl -n ${name.namespace} patch pod ${name.name} --subresource resize --patch ${quote(patch)}`,
      data,
    },
    {
      id: 'wait-for-resize',
      says: `wait until ${nameOf(name)} is resized`,
      command: `kubectl -n ${name.namespace} get pod ${name.name} -o jsonpath='{.status.conditions}'`,
      data: {
        kind: 'resized',
        object: { ...name },
        container: container.name,
        limit: after.limit ?? '',
      },
    },
  ]
}

/** @param runs the pod, where it can be changed as it runs: for what starts no new one by itself */
export async function templatePlan(
  place: Place,
  runs: Place | null,
  cluster: Cluster,
  force: boolean,
): Promise<PlanBody> {
  refuseSame(place)
  const { name, object, container, before, after, template } = place
  const podSpec = field(object, ...template, 'spec')
  const held = whyNoRollout(name, object)
  const pod = held !== null && runs !== null && !isThere(runs) ? runs : null
  const trial = await tryOut(changeData(place, false), object, cluster, { force })
  const below =
    pod === null ? null : await tryOut(changeData(pod, false), pod.object, cluster, { force })
  const data = changeData(place, trial.force)
  const patch = JSON.stringify(patchOf(data, after))
  const change: FixStep = {
    id: 'change',
    says: `set the memory of ${container.name} in ${nameOf(name)}`,
    command: `kubectl -n ${name.namespace} patch ${name.kind} ${name.name} --patch ${quote(patch)}`,
    data,
  }
  const classes = [before, after].map((memory) =>
    qosClassOfSpec(podSpec, { container: container.name, ...memory }),
  )
  return {
    ...commonPlan(place),
    method: held === null ? 'recreate' : pod === null ? 'file' : 'in-place',
    risk: 'medium',
    warnings: [
      held ?? `All pods of ${nameOf(name)} are replaced`,
      ...(pod === null
        ? []
        : [`The pod ${pod.name.name} gets the limit as it runs`, ...restartWarning(pod)]),
      ...(classes[0] === classes[1]
        ? []
        : [`The class of its pods becomes ${classes[1]} instead of ${classes[0]}`]),
      ...managerWarnings(object, container.name, after.limit ?? ''),
      ...(await autoscalerWarnings(place, cluster)),
      ...trial.warnings,
      ...(below?.warnings ?? []),
    ],
    steps: [
      ...(pod === null ? [] : resizeSteps(pod, below?.force ?? false)),
      change,
      ...(held === null ? [rolloutStep(data)] : []),
    ],
    problems: [...trial.problems, ...(below?.problems ?? [])],
    ...(pod === null ? {} : { diff: `${diffOf(pod)}${diffOf(place)}` }),
  }
}

/** Where a new template alone replaces no pods: what does. Null: it does. */
function whyNoRollout({ kind }: ObjectName, object: ApiObject): string | null {
  if (kind === 'cronjob') return 'In force with the next run of the CronJob'
  if (field(object, 'spec', 'paused') === true) {
    return 'The Deployment is paused: in force once it is resumed (kubectl rollout resume)'
  }
  return field(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
    ? 'Its update strategy is OnDelete: in force once its pods are deleted by hand'
    : null
}

function commonPlan(place: Place): Pick<ChangePlan, 'platform' | 'title' | 'changes' | 'diff'> {
  const { name, container, after } = place
  const bytes = formatBytes(parseMemory(after.limit) ?? 0)
  return {
    platform: 'kubernetes',
    title: `Give ${container.name} of ${nameOf(name)} a memory limit of ${bytes}`,
    changes: changesOf(place),
    diff: diffOf(place),
  }
}

function rolloutStep(of: ChangeData): FixStep {
  const { kind, namespace, name } = of.object
  return {
    id: 'wait-for-rollout',
    says: `wait until the pods of ${nameOf(of.object)} are the new ones`,
    command: `kubectl -n ${namespace} rollout status ${kind}/${name}`,
    data: { kind: 'rollout', of },
  }
}
