import type { Subject } from '../../src/model/subject.ts'
import { printable } from '../../src/report/printable.ts'

/** The name alone, a container id at the length that engines show. */
export function nameOf(subject: Subject): string {
  const name = subject.name ?? subject.id
  if (name === null) return subject.platform === 'host' ? 'this machine' : 'not known'
  return printable(name.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1'))
}

const KINDS: Record<Subject['platform'], string> = {
  docker: 'Docker container',
  podman: 'Podman container',
  kubernetes: 'Kubernetes container',
  marathon: 'Marathon task',
  cgroup: 'memory group',
  process: 'process',
  host: 'machine',
  unknown: 'process, its container is not known',
}

export function kindOf(subject: Subject): string {
  return KINDS[subject.platform]
}
