import { ENGINES, inContainers, type AuditContext, type Rule } from '../../rule.ts'
import type { Container } from '../../workload.ts'
import { inService, raw } from '../examples.ts'

export const serviceNoLimit: Rule = {
  id: 'C01',
  severity: 'high',
  title: 'No memory limit',
  why: 'Without a limit the container may take all memory of its machine. When that runs out, the kernel kills by score, and it may hit any other program there.',
  reference: 'https://docs.docker.com/engine/containers/resource_constraints/',
  examples: {
    bad: raw('compose.yaml', 'services:\n  »web:\n    image: registry.example.com/web:1\n'),
    good: inService('image: registry.example.com/web:1\nmem_limit: 512m'),
  },
  check: inContainers(ENGINES, function* (container, context) {
    const { isWhole, effectiveLimit, reservation, place, name } = container
    if (!isWhole || effectiveLimit !== null || reservation !== null) return
    if (isLimitedElsewhere(container, context)) return
    yield { place, message: `${name} may take all memory of its machine` }
  }),
}

/** Compose files of one folder are laid over one another. */
function isLimitedElsewhere({ name, place }: Container, { workloads }: AuditContext): boolean {
  const folder = folderOf(place.file.path)
  return workloads.some(
    (other) =>
      other.platform === 'compose' &&
      other.name === name &&
      other.place.file !== place.file &&
      folderOf(other.place.file.path) === folder &&
      other.containers.some(({ effectiveLimit }) => effectiveLimit !== null),
  )
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
