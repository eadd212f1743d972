import type { CgroupIdentity } from '../evidence/cgroup-path.ts'

/** Characters of an id that engines show. */
const SHORT_ID = 12

/**
 * A group's name for people: the container's, with what lies below it; else a short id, the pod, or the path.
 *
 * @param names container names by id
 */
export function nameOf(identity: CgroupIdentity, names: ReadonlyMap<string, string>): string {
  const { path, containerId, containerPath, helperOf, podPath, podUid } = identity
  if (helperOf !== null) return `monitor of ${containerName(helperOf, null, names)}`
  if (containerId !== null && containerPath !== null) {
    return `${containerName(containerId, identity.engine, names)}${path.slice(containerPath.length)}`
  }
  if (podUid !== null && podPath !== null) {
    return `pod:${podUid.slice(0, SHORT_ID)}${path.slice(podPath.length)}`
  }
  return path
}

function containerName(
  id: string,
  engine: string | null,
  names: ReadonlyMap<string, string>,
): string {
  const name = names.get(id) ?? nameByPrefix(id, names)
  if (name !== undefined) return name
  // LXC and Garden name their groups after the container.
  if (!/^[0-9a-f]{13,64}$/.test(id)) return id
  return `${engine ?? 'container'}:${id.slice(0, SHORT_ID)}`
}

/** Some groups carry the first digits of an id only. */
function nameByPrefix(id: string, names: ReadonlyMap<string, string>): string | undefined {
  if (id.length >= 64 || !/^[0-9a-f]{12,}$/.test(id)) return undefined
  for (const [full, name] of names) if (full.startsWith(id)) return name
  return undefined
}
