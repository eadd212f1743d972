import type { Observation } from '../../model/evidence.ts'
import type {
  PodContainer,
  PodContainerState,
  PodController,
  PodState,
} from '../../model/cluster.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'
import type { ApiObject } from './documents.ts'

import {
  booleanField,
  field,
  instantField,
  isRecord,
  listField,
  numberField,
  textField,
  writeJson,
} from '../json-fields.ts'
import { controllerOf } from './controller.ts'
import { observe } from './observation.ts'
import { describePod } from './pod-words.ts'
import { parseMemory } from './quantity.ts'

const MAX_CONTAINERS = 200
const MAX_WORDS = 500

/** What a Pod object says about its containers and their last ends. */
export function readPod(object: ApiObject, origin: Origin): Observation<PodState> | null {
  const pod = object.value
  const name = textField(pod, 'metadata', 'name')
  if (name === null) return null
  const containers = [
    ...readContainers(pod, 'initContainers', 'initContainerStatuses', 'init'),
    ...readContainers(pod, 'containers', 'containerStatuses', 'main'),
    ...readContainers(pod, 'ephemeralContainers', 'ephemeralContainerStatuses', 'ephemeral'),
  ]
  const fact: PodState = {
    kind: 'pod-state',
    // The API server writes the namespace into every stored pod; manifests may leave it to the context.
    namespace: textField(pod, 'metadata', 'namespace') ?? 'default',
    name,
    uid: textField(pod, 'metadata', 'uid'),
    node: textField(pod, 'spec', 'nodeName'),
    phase: textField(pod, 'status', 'phase'),
    reason: textField(pod, 'status', 'reason'),
    message: textField(pod, 'status', 'message'),
    qosClass: textField(pod, 'status', 'qosClass'),
    restartPolicy: textField(pod, 'spec', 'restartPolicy'),
    podMemoryLimitBytes: parseMemory(field(pod, 'spec', 'resources', 'limits', 'memory')),
    controller: ownerOf(pod),
    ...originOf(pod),
    ...resizeOf(pod),
    containers,
  }
  return observe(origin, {
    fact,
    at: disruptedAt(pod) ?? lastEnd(containers) ?? origin.readAt,
    says: describePod(fact),
    excerpt: excerptOfPod(pod),
    line: object.line,
  })
}

function ownerOf(pod: unknown): PodController | null {
  const controller = controllerOf(pod)
  return controller === null ? null : { kind: controller.kind, name: controller.name }
}

/** Of which version of its workload it is, and since when it is there. */
function originOf(pod: unknown): Pick<PodState, 'createdAt' | 'madeFrom'> {
  const createdAt = instantField(pod, 'metadata', 'creationTimestamp')
  const madeFrom = textField(pod, 'metadata', 'labels', 'controller-revision-hash')
  return {
    ...(createdAt === null ? {} : { createdAt }),
    ...(madeFrom === null ? {} : { madeFrom }),
  }
}

/** Conditions of a resize in place, since 1.33; 1.27 to 1.32 said it in one word of the status. */
function resizeOf(pod: unknown): Pick<PodState, 'resize'> {
  for (const condition of listField(pod, MAX_CONTAINERS, 'status', 'conditions')) {
    const state = RESIZES[textField(condition, 'type') ?? '']
    if (state === undefined || textField(condition, 'status') !== 'True') continue
    const reason = textField(condition, 'reason')
    return { resize: { state, reason, message: textField(condition, 'message') } }
  }
  const word = textField(pod, 'status', 'resize')
  if (word === null) return {}
  const state = word === 'InProgress' ? 'in-progress' : 'pending'
  return { resize: { state, reason: word, message: null } }
}

const RESIZES: Readonly<Record<string, 'pending' | 'in-progress'>> = {
  PodResizePending: 'pending',
  PodResizeInProgress: 'in-progress',
}

function readContainers(
  pod: unknown,
  specKey: string,
  statusKey: string,
  role: PodContainer['role'],
): PodContainer[] {
  const specs = byName(listField(pod, MAX_CONTAINERS, 'spec', specKey))
  const statuses = byName(listField(pod, MAX_CONTAINERS, 'status', statusKey))
  const names = new Set([...specs.keys(), ...statuses.keys()])
  return [...names].map((name) => readContainer(name, specs.get(name), statuses.get(name), role))
}

function byName(items: readonly unknown[]): Map<string, unknown> {
  const named = new Map<string, unknown>()
  for (const item of items) {
    const name = textField(item, 'name')
    if (name !== null) named.set(name, item)
  }
  return named
}

function readContainer(
  name: string,
  spec: unknown,
  status: unknown,
  role: PodContainer['role'],
): PodContainer {
  // A restartable init container is a sidecar (KEP-753).
  const sidecar = role === 'init' && textField(spec, 'restartPolicy') === 'Always'
  return {
    name,
    role: sidecar ? 'sidecar' : role,
    containerId: bareContainerId(textField(status, 'containerID')),
    image: textField(spec, 'image') ?? textField(status, 'image'),
    memoryRequestBytes: memoryOf(spec, status, 'requests'),
    memoryLimitBytes: memoryOf(spec, status, 'limits'),
    ...programOf(spec),
    restartCount: numberField(status, 'restartCount'),
    ready: booleanField(status, 'ready'),
    state: readState(field(status, 'state')),
    lastState: readState(field(status, 'lastState')),
  }
}

/** After an in-place resize the status tells what holds, the spec what is wanted. */
function memoryOf(spec: unknown, status: unknown, key: 'requests' | 'limits'): number | null {
  const actual = parseMemory(field(status, 'resources', key, 'memory'))
  return actual ?? parseMemory(field(spec, 'resources', key, 'memory'))
}

/** What a container runs, and the variables of it that stand in its manifest. */
export function programOf(spec: unknown): Pick<PodContainer, 'command' | 'env'> {
  return { command: [...words(spec, 'command'), ...words(spec, 'args')], env: readEnv(spec) }
}

function words(spec: unknown, key: string): string[] {
  return listField(spec, MAX_WORDS, key).filter((word) => typeof word === 'string')
}

/** Only plain values: what comes from a secret or a field is not in the object. */
function readEnv(spec: unknown): string[] {
  const env: string[] = []
  for (const entry of listField(spec, MAX_WORDS, 'env')) {
    const name = textField(entry, 'name')
    const value = field(entry, 'value')
    if (name !== null && typeof value === 'string') env.push(`${name}=${value}`)
  }
  return env
}

function readState(state: unknown): PodContainerState | null {
  for (const phase of ['terminated', 'running', 'waiting'] as const) {
    const detail = field(state, phase)
    if (!isRecord(detail)) continue
    return {
      phase,
      reason: textField(detail, 'reason'),
      message: textField(detail, 'message'),
      exitCode: numberField(detail, 'exitCode'),
      signal: numberField(detail, 'signal') || null,
      startedAt: instantField(detail, 'startedAt'),
      finishedAt: instantField(detail, 'finishedAt'),
      containerId: bareContainerId(textField(detail, 'containerID')),
    }
  }
  return null
}

/** `docker://…`, `containerd://…`, `cri-o://…` without the runtime's name. */
export function bareContainerId(id: string | null): string | null {
  const bare = id?.replace(/^[a-z][a-z0-9.+-]{0,30}:\/\//, '') ?? ''
  return bare === '' ? null : bare
}

/** The latest end of any container, the moment such an object is read for. */
export function lastEnd(containers: readonly PodContainer[]): Instant | null {
  let last: Instant | null = null
  for (const { state, lastState } of containers) {
    for (const end of [state?.finishedAt, lastState?.finishedAt]) {
      if (typeof end === 'number' && end > (last ?? -Infinity)) last = end
    }
  }
  return last
}

/** Eviction and preemption leave a condition behind since 1.26. */
function disruptedAt(pod: unknown): Instant | null {
  if (textField(pod, 'status', 'reason') === null) return null
  for (const condition of listField(pod, MAX_CONTAINERS, 'status', 'conditions')) {
    if (textField(condition, 'type') !== 'DisruptionTarget') continue
    if (textField(condition, 'status') === 'True')
      return instantField(condition, 'lastTransitionTime')
  }
  return null
}

/** Status alone: environment variables stay out of excerpts. */
function excerptOfPod(pod: unknown): string {
  const excerpt: Record<string, unknown> = { name: field(pod, 'metadata', 'name') }
  for (const key of [
    'phase',
    'reason',
    'message',
    'initContainerStatuses',
    'containerStatuses',
    'ephemeralContainerStatuses',
  ]) {
    const value = field(pod, 'status', key)
    if (value !== null) excerpt[key] = value
  }
  return writeJson(excerpt)
}
