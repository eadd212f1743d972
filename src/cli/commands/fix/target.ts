/** What has to be changed, as a driver finds it. */
import { resolve } from 'node:path'
import { describeCgroupPath } from '../../../evidence/cgroup-path.ts'
import type { Case, RemedyPlatform } from '../../../model/case.ts'
import { usageError } from '../../../model/errors.ts'
import type { ContainerState } from '../../../model/facts.ts'
import type { FixTarget } from '../../../model/fix.ts'
import type { Target } from '../../../model/subject.ts'

/** What is fixed because something on it died; stella's own has `stella doctor fix`. */
type WorkloadTarget = Exclude<FixTarget, { kind: 'scanner' | 'data-folder' }>

export interface TargetQuestion {
  target: Target
  found: Case
  where: 'own' | 'shared' | 'machine'
  /** --for. */
  platform: RemedyPlatform | null
  /** --file. */
  file: string | null
  /** What the engine says about the container; null: it is none, or it is gone. */
  container: ContainerState | null
}

/** @throws StellaError (usage) where the options do not fit the subject */
export function fixTargetOf(question: TargetQuestion): WorkloadTarget {
  const { where, found, platform, file, container, target } = question
  if (where === 'machine') return { kind: 'host' }
  if (file !== null || platform === 'compose') return composeTarget(file, container, found)
  const shared = where === 'shared' ? sharedGroup(found, platform) : null
  const own = shared ?? ownTarget(target, found, platform)
  const fitting = PLATFORMS[own.kind === 'container' ? own.engine : own.kind]
  if (platform !== null && platform !== fitting) {
    throw usageError(
      `this is changed by ${fitting}, not by ${platform}`,
      '--for',
      `leave it out, or use --for ${fitting}`,
    )
  }
  return own
}

const PLATFORMS = {
  docker: 'docker',
  podman: 'podman',
  compose: 'compose',
  pod: 'kubernetes',
  marathon: 'marathon',
  unit: 'systemd',
  cgroup: 'host',
  host: 'host',
} as const

/** Whose dialect --limit is written in. */
export function platformOf(target: WorkloadTarget): RemedyPlatform {
  return PLATFORMS[target.kind === 'container' ? target.engine : target.kind]
}

function composeTarget(
  file: string | null,
  container: ContainerState | null,
  found: Case,
): WorkloadTarget {
  const labels: ContainerState['labels'] = container?.labels ?? {}
  const written = labels['com.docker.compose.project.config_files']?.split(',') ?? []
  const named = file ?? (written.length === 1 ? (written[0] ?? null) : null)
  if (named === null) {
    throw usageError('it is not known which file describes it', '--for', 'name it with --file')
  }
  const service = labels['com.docker.compose.service'] ?? found.subject.name
  // One file is one target, from whatever folder it is named.
  if (service !== null) return { kind: 'compose', file: resolve(named), service }
  throw usageError('it is not known which service it is', named, 'name a container of Compose')
}

/** A pod's group gets the sum of what its containers have: the container is what is changed then. */
function sharedGroup({ binding }: Case, platform: RemedyPlatform | null): WorkloadTarget | null {
  const { path } = binding
  if (path === null || describeCgroupPath(path).podUid !== null) return null
  return groupTarget(path, platform)
}

function groupTarget(path: string, platform: RemedyPlatform | null): WorkloadTarget {
  const unit = path.split('/').at(-1) ?? ''
  return /\.(?:service|slice|scope)$/.test(unit) && platform !== 'host'
    ? { kind: 'unit', name: unit }
    : { kind: 'cgroup', path }
}

function ownTarget(
  target: Target,
  { binding, subject }: Case,
  platform: RemedyPlatform | null,
): WorkloadTarget {
  switch (target.kind) {
    case 'container':
      return { kind: 'container', engine: target.engine, name: subject.name ?? target.name }
    case 'pod':
    case 'marathon':
      return target
    case 'cgroup':
      return groupTarget(target.path, platform)
    case 'process':
      if (binding.path !== null && binding.path !== '/') return groupTarget(binding.path, platform)
      break
    case 'host':
    case 'name':
      break
  }
  throw usageError(
    'it has no limit of its own that could be changed',
    null,
    'name the container or the group that has the limit',
  )
}
