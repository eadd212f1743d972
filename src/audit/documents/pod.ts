import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import type { Container, MemoryMount, Probe, Size, Variable, Word, Workload } from '../workload.ts'
import { podSpecOf, type KubernetesObject } from './kubernetes.ts'
import { at, entriesAt, itemsAt, mappingAt, scalarAt, textAt } from './value.ts'
import type { Mapping, Scalar, Value } from './value.ts'
import { commandWords, wordsOf } from './words.ts'

/** The workloads of some objects. Defaults of a namespace hold for every workload in it. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  const ranges = objects.filter(({ kind }) => kind === 'LimitRange')
  return objects.flatMap((object) => {
    const spec = podSpecOf(object)
    return spec === null ? [] : [workloadOf(object, spec, ranges)]
  })
}

function workloadOf(
  object: KubernetesObject,
  spec: Mapping,
  ranges: readonly KubernetesObject[],
): Workload {
  const { kind, name, namespace, place, root } = object
  const workload: Workload = {
    platform: 'kubernetes',
    kind,
    name,
    namespace,
    place,
    root,
    spec,
    containers: [],
  }
  const defaults = {
    limit:
      kubernetesSize(at(spec, 'resources', 'limits', 'memory')) ??
      defaultOf(ranges, namespace, 'default'),
    request: defaultOf(ranges, namespace, 'defaultRequest'),
  }
  for (const [key, isInit] of [
    ['initContainers', true],
    ['containers', false],
  ] as const) {
    for (const item of itemsAt(spec, key)) {
      if (item.kind === 'mapping')
        workload.containers.push(containerOf(item, isInit, workload, defaults))
    }
  }
  return workload
}

/** A LimitRange gives what a container does not say itself. */
function defaultOf(
  ranges: readonly KubernetesObject[],
  namespace: string,
  key: 'default' | 'defaultRequest',
): Size | null {
  for (const { namespace: itsOwn, root } of ranges) {
    if (itsOwn !== namespace) continue
    for (const item of itemsAt(root, 'spec', 'limits')) {
      if (textAt(item, 'type') !== 'Container') continue
      const size = kubernetesSize(at(item, key, 'memory'))
      if (size !== null) return size
    }
  }
  return null
}

interface Defaults {
  limit: Size | null
  request: Size | null
}

function containerOf(
  root: Mapping,
  isInit: boolean,
  workload: Workload,
  defaults: Defaults,
): Container {
  const name = scalarAt(root, 'name')
  const image = scalarAt(root, 'image')
  const command = wordsOf(itemsAt(root, 'command'))
  const limit = kubernetesSize(at(root, 'resources', 'limits', 'memory'))
  const role = isInit ? (textAt(root, 'restartPolicy') === 'Always' ? 'sidecar' : 'init') : 'main'
  return {
    workload,
    name: name?.text ?? '',
    place: name?.place ?? root.place,
    isWhole: image !== null,
    role,
    image: wordOf(image),
    limit,
    request:
      kubernetesSize(at(root, 'resources', 'requests', 'memory')) ?? limit ?? defaults.request,
    effectiveLimit: limit ?? defaults.limit,
    reservation: null,
    memorySwap: null,
    sharedMemory: null,
    memoryMounts: memoryMountsOf(root, workload.spec),
    environment: new Map(itemsAt(root, 'env').flatMap(variableOf)),
    environmentIsWhole: itemsAt(root, 'envFrom').length === 0,
    words: commandWords([...command, ...wordsOf(itemsAt(root, 'args'))]),
    namesProgram: command.length > 0,
    probes: probesOf(root),
    root,
  }
}

/** A size of Kubernetes; null where nothing stands there. `256m` is a slip, and says nothing about what was meant. */
export function kubernetesSize(value: Value | null): Size | null {
  if (value?.kind !== 'scalar' || value.value === null) return null
  return {
    text: value.text,
    place: value.place,
    bytes: value.text.endsWith('m') ? null : parseMemory(value.text),
  }
}

function wordOf(scalar: Scalar | null): Word | null {
  return scalar === null ? null : { text: scalar.text, place: scalar.place }
}

function variableOf(item: Value): [string, Variable][] {
  const name = scalarAt(item, 'name')
  if (name === null) return []
  const value = scalarAt(item, 'value')
  const resource = mappingAt(item, 'valueFrom', 'resourceFieldRef')
  const field = scalarAt(resource, 'resource')
  return [
    [
      name.text,
      {
        // `$(OTHER)` is put together by the kubelet.
        value: value === null || /\$\(\w+\)/.test(value.text) ? null : value.text,
        place: value?.place ?? field?.place ?? name.place,
        name: name.place,
        resource:
          field === null ? null : { name: field.text, divisor: textAt(resource, 'divisor') ?? '1' },
      },
    ],
  ]
}

/** More than any pod has. */
const MAX_VOLUMES = 100

function memoryMountsOf(container: Mapping, spec: Mapping | null): MemoryMount[] {
  const mounts = itemsAt(container, 'volumeMounts')
  const volumes = itemsAt(spec, 'volumes').filter(
    (volume) => textAt(volume, 'emptyDir', 'medium') === 'Memory',
  )
  return volumes.slice(0, MAX_VOLUMES).flatMap((volume): MemoryMount[] => {
    const medium = scalarAt(volume, 'emptyDir', 'medium')
    const name = textAt(volume, 'name')
    if (medium === null || name === null) return []
    const mount = mounts.find((item) => textAt(item, 'name') === name)
    if (mount === undefined) return []
    return [
      {
        path: textAt(mount, 'mountPath'),
        size: kubernetesSize(at(volume, 'emptyDir', 'sizeLimit')),
        place: medium.place,
        isShared: textAt(mount, 'readOnly') === 'true' || countOfMounts(name, spec) > 1,
      },
    ]
  })
}

function countOfMounts(volume: string, spec: Mapping | null): number {
  return [...itemsAt(spec, 'initContainers'), ...itemsAt(spec, 'containers')].filter((container) =>
    itemsAt(container, 'volumeMounts').some((mount) => textAt(mount, 'name') === volume),
  ).length
}

const PROBES = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
] as const

function probesOf(root: Mapping): Probe[] {
  return PROBES.flatMap((path) => {
    const items = itemsAt(root, ...path, 'exec', 'command')
    const [first] = items
    return first === undefined
      ? []
      : [
          {
            isCheck: path[0] !== 'lifecycle',
            words: commandWords(wordsOf(items)),
            place: first.place,
          },
        ]
  })
}

/** Every place of an object in which an amount of memory stands, of containers and of all other kinds. */
export function memorySizesOf(object: KubernetesObject): Size[] {
  const spec = podSpecOf(object)
  const containers = [...itemsAt(spec, 'initContainers'), ...itemsAt(spec, 'containers')]
  const limits = itemsAt(object.root, 'spec', 'limits')
  const policies = itemsAt(object.root, 'spec', 'resourcePolicy', 'containerPolicies')
  const isRange = object.kind === 'LimitRange'
  const isQuota = object.kind === 'ResourceQuota'
  const found: (Value | null)[] = [
    ...[...containers, ...(spec === null ? [] : [spec])].flatMap((part) =>
      ['limits', 'requests'].map((key) => at(part, 'resources', key, 'memory')),
    ),
    ...itemsAt(spec, 'volumes')
      .filter((volume) => textAt(volume, 'emptyDir', 'medium') === 'Memory')
      .map((volume) => at(volume, 'emptyDir', 'sizeLimit')),
    ...(isRange ? limits : []).flatMap((item) =>
      ['default', 'defaultRequest', 'max', 'min'].map((key) => at(item, key, 'memory')),
    ),
    ...(isQuota ? entriesAt(object.root, 'spec', 'hard') : [])
      .filter(([name]) => /^(?:(?:requests|limits)\.)?memory$/.test(name))
      .map(([, entry]) => entry.value),
    ...policies.flatMap((policy) =>
      ['minAllowed', 'maxAllowed'].map((key) => at(policy, key, 'memory')),
    ),
  ]
  return found.flatMap((value) => kubernetesSize(value) ?? [])
}
