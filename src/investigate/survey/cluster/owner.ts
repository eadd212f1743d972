import { controllerOf } from '../../../parsers/kubernetes/controller.ts'
import { textField } from '../../../parsers/json-fields.ts'

/** What a pod, or its workload, is known by. */
export interface WorkloadName {
  kind: string
  namespace: string
  name: string
}

/**
 * Who makes a pod: its Deployment, StatefulSet, DaemonSet, CronJob or Job, whoever else controls it, or itself.
 *
 * @param cronJobOf the CronJob of a Job; null: it has none, or is not known
 */
export function ownerOf(
  pod: unknown,
  cronJobOf: (namespace: string, job: string) => string | null,
): WorkloadName {
  const namespace = textField(pod, 'metadata', 'namespace') ?? 'default'
  const own = { kind: 'Pod', namespace, name: textField(pod, 'metadata', 'name') ?? '' }
  const owner = controllerOf(pod)
  if (owner === null) return own
  switch (owner.kind) {
    case 'Node':
      // A static pod is made from a file on its node, and has the node's name behind its own.
      return { ...own, name: withoutEnd(own.name, textField(pod, 'spec', 'nodeName')) }
    case 'ReplicaSet':
      return { namespace, ...deploymentOf(pod, owner.name) }
    case 'Job': {
      const cronJob = cronJobOf(namespace, owner.name)
      return cronJob === null
        ? { ...owner, namespace }
        : { kind: 'CronJob', namespace, name: cronJob }
    }
    default:
      return { ...owner, namespace }
  }
}

/** The name of a ReplicaSet is that of its Deployment with a hash, which its pods carry as a label. */
function deploymentOf(pod: unknown, set: string): { kind: string; name: string } {
  for (const [kind, label] of [
    ['Deployment', 'pod-template-hash'],
    ['Rollout', 'rollouts-pod-template-hash'],
  ] as const) {
    const name = withoutEnd(set, textField(pod, 'metadata', 'labels', label))
    if (name !== set) return { kind, name }
  }
  return { kind: 'ReplicaSet', name: set }
}

function withoutEnd(name: string, end: string | null): string {
  return end !== null && name.endsWith(`-${end}`) ? name.slice(0, -end.length - 1) : name
}
