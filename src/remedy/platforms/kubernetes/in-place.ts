/** Whether a pod can be changed as it runs. */
import { formatBytes } from '../../../model/bytes.ts'
import type { PlanProblem } from '../../../model/fix.ts'
import { field, listField, textField } from '../../../parsers/json-fields.ts'
import { qosClassOfSpec } from '../../../parsers/kubernetes/qos.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import type { Abilities, Cluster } from './cluster.ts'
import type { ContainerSpec } from './containers.ts'
import type { Place } from './place.ts'
import { usageOf } from './pods.ts'

/** Why the running pod is not changed; null: it can be. */
export function whyNotInPlace(place: Place, can: Abilities): string | null {
  const { object, container, before, after } = place
  const spec = field(object, 'spec')
  if (!can.resize) return 'the cluster is older than 1.33'
  if (field(object, 'status', 'phase') !== 'Running') return 'the pod does not run'
  if (container.list === 'initContainers' && !container.isSidecar)
    return 'its init container is over'
  if (before.limit === null)
    return 'a limit that is added to a running pod cannot be taken away again'
  if (textField(spec, 'os', 'name') === 'windows') return 'Windows cannot'
  if (isMirror(place)) return 'it is a static pod: the kubelet of its node takes it from a file'
  const [now, then] = [before, after].map((memory) =>
    qosClassOfSpec(spec, { container: container.name, ...memory }),
  )
  if (now !== then) {
    return 'the pod’s class would be another'
  }
  return isLowered(place) && !can.lowerInPlace && !restarts(container)
    ? 'before 1.34 a limit cannot be lowered as it runs'
    : null
}

function isMirror({ object }: Place): boolean {
  return textField(object, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== null
}

function isLowered({ before, after }: Place): boolean {
  return (parseMemory(after.limit) ?? 0) < (parseMemory(before.limit) ?? 0)
}

/** Whether its resizePolicy ends a container for another limit. */
export function restarts({ spec }: ContainerSpec): boolean {
  return listField(spec, 10, 'resizePolicy').some(
    (policy) =>
      textField(policy, 'resourceName') === 'memory' &&
      textField(policy, 'restartPolicy') === 'RestartContainer',
  )
}

/** The kubelet does not lower a limit below what is used (KEP-1287), unless it restarts the container for it. */
export async function lowering(
  place: Place,
  cluster: Cluster,
): Promise<{ problems: PlanProblem[]; warnings: string[] }> {
  const { name, container, after } = place
  if (!isLowered(place) || restarts(container)) return { problems: [], warnings: [] }
  const used = await usageOf(name, container.name, cluster)
  const limit = parseMemory(after.limit) ?? 0
  if (used === null) {
    return {
      problems: [],
      warnings: [
        'How much it uses is not known here: where that is more than the new limit, the kubelet does not lower it, and stella takes the change back',
      ],
    }
  }
  if (used < limit) return { problems: [], warnings: [] }
  const says = `${container.name} uses ${formatBytes(used)}: the kubelet does not lower a limit below that`
  const todo = `ask for more than ${formatBytes(used)}, or make the pod anew with --recreate`
  return { problems: [{ kind: 'refused', says, todo }], warnings: [] }
}
