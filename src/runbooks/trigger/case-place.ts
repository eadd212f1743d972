/** What of a case names things that programs can be asked about: its container, pod, group, process. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Case } from '../../model/case.ts'
import { podNameOf } from '../../model/subject.ts'

export interface CasePlace {
  container: string | null
  /** docker or podman. */
  engine: string | null
  pod: string | null
  namespace: string | null
  /** Marathon's name of it. */
  app: string | null
  /** Of Mesos: its container. */
  task: string | null
  /** Of systemd: the innermost service or scope. */
  unit: string | null
  /** The group of the subject itself. */
  cgroup: string | null
  /** A worker of the scanner, and its pool. */
  worker: string | null
  pool: string | null
}

/** As the scanner names the groups of its workers: `stella-scanner-4026531836-911/default-1`. */
const WORKER = /(?:^|\/)stella-scanner-\d+-\d+\/(?<worker>(?<pool>[a-z0-9][a-z0-9-]*)-\d+)(?:\/|$)/

export function placeOf(found: Case): CasePlace {
  const { platform, name, id } = found.subject
  const cgroup = groupOf(found)
  const identity = cgroup === null ? null : describeCgroupPath(cgroup)
  const { namespace, pod, container } = podNameOf(found.subject)
  const isEngines = platform === 'docker' || platform === 'podman'
  const { worker, pool } = WORKER.exec(cgroup ?? '')?.groups ?? {}
  return {
    container: isEngines ? (name ?? id) : container,
    engine: isEngines ? platform : null,
    pod,
    namespace,
    app: platform === 'marathon' ? name : null,
    task: platform === 'marathon' ? id : identity?.engine === 'mesos' ? identity.containerId : null,
    unit: identity?.containerId === null ? identity.unit : null,
    cgroup,
    worker: worker ?? null,
    pool: pool ?? null,
  }
}

function groupOf({ subject, binding, bill }: Case): string | null {
  if (subject.platform === 'cgroup') return subject.name ?? subject.id
  if (binding.scope === 'container') return binding.path ?? bill?.path ?? null
  // What was reached is another group than its own.
  return binding.scope === 'ancestor' || binding.scope === 'nested' ? null : (bill?.path ?? null)
}
