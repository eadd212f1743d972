import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { GroupFigures } from '../figures.ts'
import type { ToolInputs } from './tool.ts'

/** The group of a container of this engine; null for anything else. A container in a pod is the kubelet's, whoever runs it. */
export function groupOfEngine(
  { group, container, inPod }: ToolInputs,
  engine: 'docker' | 'podman',
): GroupFigures | null {
  if (group === null || inPod) return null
  if (container !== null) return container.engine === engine ? group : null
  const { path } = group
  return path !== null && describeCgroupPath(path).engine === engine ? group : null
}
