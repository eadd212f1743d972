import { kubernetesSize } from '../../documents/pod.ts'
import { at } from '../../documents/value.ts'
import type { Container, Size } from '../../workload.ts'

/** What stands in the container itself, without defaults from elsewhere. */
export function ownSize({ root }: Container, key: 'limits' | 'requests'): Size | null {
  return kubernetesSize(at(root, 'resources', key, 'memory'))
}

/** Whether this is one of the containers that do the work, described whole. */
export function isMain({ role, isWhole }: Container): boolean {
  return isWhole && role === 'main'
}
