import { unreachableError } from '../../model/errors.ts'
import type { World } from '../../model/evidence.ts'
import type { Target } from '../../model/subject.ts'
import type { Gathering } from './gathering.ts'

/** A pod of Kubernetes. */
export async function collectPod(
  _gathering: Gathering,
  { namespace, pod }: Extract<Target, { kind: 'pod' }>,
): Promise<World> {
  throw unreachableError(
    `pod ${namespace}/${pod} cannot be asked for live`,
    null,
    "save 'kubectl get pod -o yaml' and 'kubectl get events -o yaml' and give them with --from, or name its memory group on the node, cgroup:/kubepods…",
  )
}
