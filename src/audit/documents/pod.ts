import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import type { Container, MemoryMount, Probe, Size, Word, Workload } from '../workload.ts'
import type { ConfigMaps } from './config-maps.ts'
import { podSpecOf } from './kubernetes.ts'
import type { KubernetesObject } from './object.ts'
import { comeTogether, nearest } from './nearest.ts'
import { podEnvironment } from './pod-environment.ts'
import { podFiles } from './pod-files.ts'
import { at, itemsAt, scalarAt, textAt } from './value.ts'
import type { Mapping, Scalar, Value } from './value.ts'
import { commandWords, wordsOf } from './words.ts'

/** The workloads of some objects. Defaults of a namespace hold for every workload in it. */
export function workloadsOf(objects: readonly KubernetesObject[], maps: ConfigMaps): Workload[] {
  const ranges = objects.filter(({ kind }) => kind === 'LimitRange')
  return objects.flatMap((object) => {
    const spec = podSpecOf(object)
    return spec === null ? [] : [workloadOf(object, spec, ranges, maps)]
  })
}

function workloadOf(
  object: KubernetesObject,
  spec: Mapping,
  ranges: readonly KubernetesObject[],
  maps: ConfigMaps,
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
  const around = {
    maps,
    limit: limitAt(spec) ?? defaultOf(object, ranges, 'default'),
    request: defaultOf(object, ranges, 'defaultRequest'),
  }
  for (const [key, isInit] of [
    ['initContainers', true],
    ['containers', false],
  ] as const) {
    for (const item of itemsAt(spec, key)) {
      if (item.kind === 'mapping')
        workload.containers.push(containerOf(item, isInit, workload, around))
    }
  }
  return workload
}

/** 0 is "no limit", as for the kubelet. */
function limitAt(part: Value): Size | null {
  const size = kubernetesSize(at(part, 'resources', 'limits', 'memory'))
  return size?.bytes === 0 ? null : size
}

/**
 * A LimitRange gives what a container does not say itself. Its size is not known where two give another one, nor where both
 * leave their namespace open and stand in different folders: they may never meet.
 */
function defaultOf(
  { namespace, place }: KubernetesObject,
  ranges: readonly KubernetesObject[],
  key: 'default' | 'defaultRequest',
): Size | null {
  const given = ranges
    .filter((range) => range.namespace === namespace)
    .flatMap(({ root }) => itemsAt(root, 'spec', 'limits'))
    .filter((item) => textAt(item, 'type') === 'Container')
    .flatMap((item) => kubernetesSize(at(item, key, 'memory')) ?? [])
  const [size, ...others] = nearest(place.file, given)
  if (size === undefined) return null
  const isOne = others.every(({ bytes }) => bytes === size.bytes)
  return isOne && comeTogether(namespace, place, size.place) ? size : { ...size, bytes: null }
}

interface Around {
  maps: ConfigMaps
  /** What the pod or the namespace gives to a container that does not say it itself. */
  limit: Size | null
  request: Size | null
}

function containerOf(
  root: Mapping,
  isInit: boolean,
  workload: Workload,
  around: Around,
): Container {
  const name = scalarAt(root, 'name')
  const image = scalarAt(root, 'image')
  const command = wordsOf(itemsAt(root, 'command'))
  const limit = limitAt(root)
  const owner = { namespace: workload.namespace, file: root.place.file }
  const role = isInit ? (textAt(root, 'restartPolicy') === 'Always' ? 'sidecar' : 'init') : 'main'
  return {
    workload,
    name: name?.text ?? '',
    place: name?.place ?? root.place,
    isWhole: image !== null,
    role,
    image: wordOf(image),
    limit,
    request: kubernetesSize(at(root, 'resources', 'requests', 'memory')) ?? limit ?? around.request,
    effectiveLimit: limit ?? around.limit,
    reservation: null,
    memorySwap: null,
    sharedMemory: null,
    memoryMounts: memoryMountsOf(root, workload.spec),
    options: new Map(),
    ...podEnvironment(root, around.maps, owner),
    words: commandWords([...command, ...wordsOf(itemsAt(root, 'args'))]),
    namesProgram: command.length > 0,
    probes: probesOf(root),
    files: podFiles(root, workload.spec, around.maps, owner),
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
