import { unreachableError, usageError } from '../../model/errors.ts'
import type { Target } from '../../model/subject.ts'
import { didYouMean } from '../../parsers/nearest-word.ts'
import { findGroupsNamed } from '../../sources/cgroup/locate.ts'
import { textOrNull } from '../../sources/reader.ts'
import { findContainer, meantContainers } from './find-container.ts'
import type { ContainerSearch } from './find-container.ts'
import type { Gathering } from './gathering.ts'

type KnownTarget = Exclude<Target, { kind: 'name' }>

/**
 * Finds out what a bare name means: a container of Docker or Podman, a group, a PID.
 *
 * @throws StellaError 2 where it means several things; 3 where it means nothing here
 */
export async function resolveName(gathering: Gathering, name: string): Promise<KnownTarget> {
  const [docker, podman] = await Promise.all([
    findContainer(gathering, 'docker', name),
    findContainer(gathering, 'podman', name),
  ])
  const ids = [docker, podman].map(({ found }) => found?.state.fact.id ?? null)
  const matches: KnownTarget[] = []
  if (docker.found !== null) matches.push({ kind: 'container', engine: 'docker', name })
  // Podman may answer at Docker's socket, too: one container, not two.
  if (podman.found !== null && ids[0] !== ids[1]) {
    matches.push({ kind: 'container', engine: 'podman', name })
  }
  const { hierarchy, reader } = gathering
  const groups = hierarchy === null ? [] : findGroupsNamed(reader, hierarchy, name)
  for (const path of groups) {
    if (!ids.some((id) => id !== null && path.includes(id))) matches.push({ kind: 'cgroup', path })
  }
  const pid = /^[1-9]\d{0,6}$/.test(name) ? Number(name) : null
  if (pid !== null && textOrNull(reader, `/proc/${pid}/stat`) !== null) {
    matches.push({ kind: 'process', pid })
  }
  const [match, second] = matches
  if (match === undefined) {
    const answered = [...docker.answered, ...podman.answered]
    const meant = await meantContainers(gathering, name, answered)
    throw nothing(gathering, name, { docker, podman, meant })
  }
  if (second !== undefined) {
    throw usageError(
      `'${name}' means ${matches.map(written).join(' and ')}`,
      null,
      'say which of them',
    )
  }
  return match
}

function written(target: KnownTarget): string {
  switch (target.kind) {
    case 'container':
      return `${target.engine}:${target.name}`
    case 'cgroup':
      return `cgroup:${target.path}`
    case 'process':
      return `pid:${target.pid}`
    default:
      return target.kind
  }
}

function nothing(
  gathering: Gathering,
  name: string,
  { docker, podman, meant }: { docker: ContainerSearch; podman: ContainerSearch; meant: string[] },
): Error {
  const mount = gathering.hierarchy?.mountPoint
  const looked = [
    ...docker.looked,
    ...podman.looked,
    ...(mount === undefined ? [] : [`the groups below ${mount}`]),
    ...(/^\d+$/.test(name) ? ['the processes'] : []),
  ]
  const problems = [
    ...(docker.answered.length === 0 ? docker.problems : []),
    ...(podman.answered.length === 0 ? podman.problems : []),
  ]
  const missing = problems.length === 0 ? '' : `; not asked: ${problems.join(', ')}`
  return unreachableError(
    `nothing here is called '${name}': looked in ${looked.join(', ')}${missing}`,
    null,
    meant.length > 0 ? didYouMean(meant) : whatToSay(name),
  )
}

/** 128 and the number of a signal. */
const ENDED_BY_SIGNAL = /^1(?:29|[3-8]\d|9[0-2])$/

function whatToSay(name: string): string {
  return ENDED_BY_SIGNAL.test(name)
    ? `where ${name} is an exit code, name what ended with it: docker ps -a lists it`
    : 'check the name, or say what it is, as in docker:NAME or cgroup:/PATH'
}
