import type { ChangePlan } from '../../../model/fix.ts'

/**
 * Where pods are that a fix replaced, and that have other names since; null: what was changed has its name. A Deployment names the
 * pods that replace others anew, a StatefulSet gives them their names again.
 */
export function renamedPods({
  target,
  method,
}: Pick<ChangePlan, 'target' | 'method'>): string | null {
  const isRenamed = target.kind === 'pod' && method === 'recreate' && !/-\d+$/.test(target.pod)
  return isRenamed ? `k8s:${target.namespace}/POD` : null
}
