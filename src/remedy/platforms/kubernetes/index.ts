import { stringify } from 'yaml'
import * as z from 'zod/mini'
import { formatBytes } from '../../../model/bytes.ts'
import { StellaError, usageError } from '../../../model/errors.ts'
import type { Change, ChangePlan, FieldChange, FixStep, Workload } from '../../../model/fix.ts'
import { field, listField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { quote } from '../../../advice/shell.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { unifiedDiff } from '../../text-edit/unified-diff.ts'
import { ChangeData, move, patchOf, resourcesWith } from './change.ts'
import {
  chooseContainer,
  memoryOf,
  qosWith,
  sameMemory,
  type ContainerSpec,
  type Memory,
} from './containers.ts'
import {
  abilities,
  getObject,
  nameOf,
  type Abilities,
  type ApiObject,
  type ObjectName,
} from './kubectl.ts'
import { findOwner, managerWarnings, type Owner, type OwnerFound } from './owner.ts'
import { ResizedData, resizeEnd, RolloutData, rolloutEnd } from './wait.ts'
import { wantedMemory } from './wanted.ts'

/** A container of a pod: as it runs where the cluster can, else in the template of the pod's owner. */
export const kubernetes: Driver = {
  platform: 'kubernetes',
  handles: (target, change) => target.kind === 'pod' && change.kind === 'limit',
  plan,
  async carryOut(step, hands) {
    const data = StepData.parse(step.data)
    if (data.kind === 'rollout') await rolloutEnd(data, hands)
    else if (data.kind === 'resized') await resizeEnd(data, hands)
    else await move(data, { from: data.before, to: data.after, force: false }, hands)
    return {}
  },
  async takeBack(step, hands, { force }) {
    const data = StepData.parse(step.data)
    // Waiting changes nothing.
    if (data.kind !== 'change') return
    await move(data, { from: data.after, to: data.before, force }, hands)
  },
}

const StepData = z.discriminatedUnion('kind', [ChangeData, RolloutData, ResizedData])
type Limit = Extract<Change, { kind: 'limit' }>

/** Where the memory of the container is written. */
interface Place {
  name: ObjectName
  object: ApiObject
  template: readonly string[]
  container: ContainerSpec
  before: Memory
  after: Memory
}

async function plan({ target, change, recreate }: PlanRequest, hands: Hands): Promise<ChangePlan> {
  if (target.kind !== 'pod' || change.kind !== 'limit') {
    throw usageError('only the limit of a pod’s container is changed', null, 'name another target')
  }
  const name: ObjectName = { kind: 'pod', namespace: target.namespace, name: target.pod }
  const can = await abilities(hands)
  const pod = await getObject(name, hands)
  const inPod = placeIn({ name, object: pod, template: [] }, target.container, change)
  const found = await findOwner(pod, name, hands).catch(refusalOf)
  const obstacle = recreate ? 'it was asked for anew' : whyNotInPlace(pod, inPod, can)
  const workload = workloadOf(pod, inPod.container)
  if (obstacle === null) {
    const keeper = 'owner' in found ? found.owner : null
    return { ...inPlacePlan(inPod, keeper), target, workload }
  }
  if ('refusal' in found) throw found.refusal
  const place = placeIn(found.owner, inPod.container.name, change)
  return { ...templatePlan(place, recreate ? null : obstacle), target, workload }
}

/** Who may resize a pod may not be one who may read its owner. */
function refusalOf(error: unknown): OwnerFound {
  if (error instanceof StellaError) return { refusal: error }
  throw error
}

function placeIn(owner: Owner, wanted: string | null, change: Limit): Place {
  const podSpec = field(owner.object, ...owner.template, 'spec')
  const container = chooseContainer(podSpec, nameOf(owner.name), wanted)
  const before = memoryOf(container.spec)
  const after = wantedMemory(podSpec, container, before, change)
  return { ...owner, container, before, after }
}

/** Why the running pod is not changed; null: it can be. */
function whyNotInPlace(pod: ApiObject, place: Place, can: Abilities): string | null {
  const { container, before, after } = place
  if (!can.resize) return 'the cluster is older than 1.33'
  if (field(pod, 'status', 'phase') !== 'Running') return 'the pod does not run'
  if (container.list === 'initContainers' && !container.isSidecar)
    return 'its init container is over'
  if (before.limit === null)
    return 'a limit that is added to a running pod cannot be taken away again'
  if (field(pod, 'spec', 'os', 'name') === 'windows') return 'Windows cannot'
  const spec = field(pod, 'spec')
  if (qosWith(spec, container.name, before) !== qosWith(spec, container.name, after)) {
    return 'the pod’s class would be another'
  }
  const isLowered = (parseMemory(after.limit) ?? 0) < (parseMemory(before.limit) ?? 0)
  return isLowered && !can.lowerInPlace && !restarts(container)
    ? 'before 1.34 a limit cannot be lowered as it runs'
    : null
}

function restarts({ spec }: ContainerSpec): boolean {
  return listField(spec, 10, 'resizePolicy').some(
    (policy) =>
      textField(policy, 'resourceName') === 'memory' &&
      textField(policy, 'restartPolicy') === 'RestartContainer',
  )
}

type PlanBody = Omit<ChangePlan, 'target' | 'workload'>

function inPlacePlan(place: Place, owner: Owner | null): PlanBody {
  const { name, container, after } = place
  const data = changeData(place)
  const patch = JSON.stringify(patchOf(data, after))
  const command = `kubectl -n ${name.namespace} patch pod ${name.name} --subresource resize --patch ${quote(patch)}`
  const limit = after.limit ?? ''
  return {
    ...commonPlan(place),
    method: 'in-place',
    risk: 'low',
    warnings: [
      ...(restarts(container) ? ['The container is restarted: its resizePolicy says so'] : []),
      ...(owner === null
        ? ['Nothing makes this pod anew: its manifest keeps the earlier limit']
        : [
            `A new pod starts with the earlier limit again: ${nameOf(owner.name)} keeps it. To change that, too: --recreate`,
          ]),
    ],
    steps: [
      changeStep(place, command),
      {
        id: 'wait-for-resize',
        says: `wait until ${nameOf(name)} is resized`,
        command: null,
        data: { kind: 'resized', object: { ...name }, container: container.name, limit },
      },
    ],
  }
}

function templatePlan(place: Place, obstacle: string | null): PlanBody {
  const { name, object, container, before, after, template } = place
  const podSpec = field(object, ...template, 'spec')
  const patch = JSON.stringify(patchOf(changeData(place), after))
  const command = `kubectl -n ${name.namespace} patch ${name.kind} ${name.name} --patch ${quote(patch)}`
  const held = whyNoRollout(name, object)
  const classes = [before, after].map((memory) => qosWith(podSpec, container.name, memory))
  return {
    ...commonPlan(place),
    method: held === null ? 'recreate' : 'file',
    risk: 'medium',
    warnings: [
      ...(obstacle === null ? [] : [`Not changed as it runs: ${obstacle}`]),
      held ?? `All pods of ${nameOf(name)} are replaced`,
      ...(classes[0] === classes[1]
        ? []
        : [`The class of its pods becomes ${classes[1]} instead of ${classes[0]}`]),
      ...managerWarnings(object, container.name, after.limit ?? ''),
    ],
    steps: [changeStep(place, command), ...(held === null ? [rolloutStep(name)] : [])],
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
  if (sameMemory(place.before, after)) {
    throw usageError('has this limit already', nameOf(name), 'ask for another one')
  }
  const bytes = formatBytes(parseMemory(after.limit) ?? 0)
  return {
    platform: 'kubernetes',
    title: `Give ${container.name} of ${nameOf(name)} a memory limit of ${bytes}`,
    changes: changesOf(place),
    diff: diffOf(place),
  }
}

function changesOf({ before, after }: Place): FieldChange[] {
  const changes = [
    { field: 'resources.limits.memory', before: before.limit, after: after.limit },
    { field: 'resources.requests.memory', before: before.request, after: after.request },
  ]
  return changes.filter((change) => change.before !== change.after)
}

/** Resources alone: variables stay out of it. */
function diffOf({ name, template, container, before, after }: Place): string {
  const write = (memory: Memory): string => {
    const resources = resourcesWith(container.spec, memory)
    const spec = { spec: { [container.list]: [{ name: container.name, resources }] } }
    return stringify(template.reduceRight<object>((inner, key) => ({ [key]: inner }), spec))
  }
  return unifiedDiff(`${name.kind}/${name.name}`, write(before), write(after))
}

function changeData(place: Place): ChangeData {
  const { name, object, template, container, before, after } = place
  return {
    kind: 'change',
    object: { ...name },
    uid: textField(object, 'metadata', 'uid') ?? '',
    template: [...template],
    list: container.list,
    container: container.name,
    before: { ...before },
    after: { ...after },
  }
}

function changeStep(place: Place, command: string): FixStep {
  const says = `set the memory of ${place.container.name} in ${nameOf(place.name)}`
  return { id: 'change', says, command, data: changeData(place) }
}

function rolloutStep(name: ObjectName): FixStep {
  return {
    id: 'wait-for-rollout',
    says: `wait until the pods of ${nameOf(name)} are the new ones`,
    command: `kubectl -n ${name.namespace} rollout status ${name.kind}/${name.name}`,
    data: { kind: 'rollout', object: { ...name } },
  }
}

function workloadOf(pod: ApiObject, { name, spec }: ContainerSpec): Workload {
  const status = ['containerStatuses', 'initContainerStatuses']
    .flatMap((list) => listField(pod, 500, 'status', list))
    .find((one) => textField(one, 'name') === name)
  const words = [...listField(spec, 500, 'command'), ...listField(spec, 500, 'args')]
  return {
    image: textField(spec, 'image'),
    imageId: textField(status, 'imageID'),
    command: words.filter((word) => typeof word === 'string'),
  }
}
