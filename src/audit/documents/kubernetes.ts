import { at, itemsAt, mappingAt, scalarAt, textAt } from './value.ts'
import type { Mapping, Value } from './value.ts'
import type { DocumentFormat } from './format.ts'
import type { KubernetesObject } from './object.ts'

const MAX_OBJECTS = 50_000

/** Kinds that rules read. What else a file holds is not even taken apart: definitions of resources are the largest by far. */
const KINDS =
  /\bkind["']?[ \t]*:[ \t]*["']?(?:List|(?:Pod|PodTemplate|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob|Rollout|DeploymentConfig|Service|LimitRange|ResourceQuota|VerticalPodAutoscaler|HorizontalPodAutoscaler|KubeletConfiguration|Node|Namespace)(?:List)?)\b/
/** They are many and large, and say nothing by themselves. */
const CONFIG_MAP = /\bkind["']?[ \t]*:[ \t]*["']?ConfigMap/
const IS_KUBERNETES = /^[ \t{,-]*["']?apiVersion["']?[ \t]*:|\{\s*"apiVersion"\s*:|"apiVersion":"/m

/** Manifests: any number of objects in a document. */
export const KUBERNETES: DocumentFormat = {
  name: 'Kubernetes manifests',
  look(text) {
    if (!IS_KUBERNETES.test(text)) return 'none'
    if (KINDS.test(text)) return 'certain'
    return CONFIG_MAP.test(text) ? 'when named' : 'nothing in it'
  },
  read: (value) => ({ objects: kubernetesObjects(value) }),
}

/** The objects of a document, in its order; a List gives its items. What aliases name again is one object all the same. */
export function kubernetesObjects(value: Value): KubernetesObject[] {
  const objects: KubernetesObject[] = []
  const seen = new Set<Value>()
  const open: Value[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next) || objects.length >= MAX_OBJECTS) continue
    seen.add(next)
    if (next.kind === 'sequence') openAll(next.items, open)
    const kind = textAt(next, 'kind')
    if (next.kind !== 'mapping' || kind === null || textAt(next, 'apiVersion') === null) continue
    if (kind.endsWith('List') && at(next, 'items') !== null) openAll(itemsAt(next, 'items'), open)
    else objects.push(objectOf(kind, next))
  }
  return objects
}

/** The first is looked at first. */
function openAll(items: readonly Value[], open: Value[]): void {
  for (const item of items.toReversed()) open.push(item)
}

function objectOf(kind: string, root: Mapping): KubernetesObject {
  const name = scalarAt(root, 'metadata', 'name') ?? scalarAt(root, 'metadata', 'generateName')
  return {
    kind,
    name: name?.text ?? '',
    namespace: textAt(root, 'metadata', 'namespace') ?? 'default',
    root,
    place: name?.place ?? root.place,
  }
}

/** Where the specification of a pod stands in each kind of workload. */
const POD_SPECS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', ['spec']],
  ['PodTemplate', ['template', 'spec']],
  ['Deployment', ['spec', 'template', 'spec']],
  ['StatefulSet', ['spec', 'template', 'spec']],
  ['DaemonSet', ['spec', 'template', 'spec']],
  ['ReplicaSet', ['spec', 'template', 'spec']],
  ['ReplicationController', ['spec', 'template', 'spec']],
  ['Job', ['spec', 'template', 'spec']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  // Of Argo, OpenShift and Knative: the same pod below another controller.
  ['Rollout', ['spec', 'template', 'spec']],
  ['DeploymentConfig', ['spec', 'template', 'spec']],
  ['Service', ['spec', 'template', 'spec']],
])

/** The specification of the pod that an object makes; null where it makes none. */
export function podSpecOf({ kind, root }: KubernetesObject): Mapping | null {
  const path = POD_SPECS.get(kind)
  return path === undefined ? null : mappingAt(root, ...path)
}
