import { folderOf } from '../../documents/place.ts'
import type { AuditContext } from '../../rule.ts'
import type { Container } from '../../workload.ts'

/** Whether another Compose file of the folder limits the service: files of one folder are laid over one another. */
export function isLimitedElsewhere(
  { name, place }: Container,
  { workloads }: AuditContext,
): boolean {
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
