import type { Engine } from '../../sources/docker/engine.ts'
import { lookUpContainer } from '../../sources/docker/container.ts'
import type { FoundContainer } from '../../sources/docker/container.ts'
import { nearestWord } from '../../parsers/nearest-word.ts'
import { listedBy } from '../../sources/docker/known-containers.ts'
import type { Gathering } from './gathering.ts'

export interface ContainerSearch {
  found: FoundContainer | null
  /** Engines that answered, whether they knew it or not. */
  answered: Engine[]
  /** Where it was looked for, and what came of it: for the one who is told that it was not found. */
  looked: string[]
  /** Why engines could not be asked. */
  problems: string[]
  /** One of them is a missing right. */
  denied: boolean
}

/** Asks the engines of one kind for a container, one place after the other, until one knows it. */
export async function findContainer(
  gathering: Gathering,
  kind: 'docker' | 'podman',
  name: string,
): Promise<ContainerSearch> {
  const search: ContainerSearch = {
    found: null,
    answered: [],
    looked: [],
    problems: [],
    denied: false,
  }
  for (const engine of gathering.engines(kind)) {
    const lookup = await lookUpContainer(gathering.reader, engine, name, gathering.callSignal())
    if (lookup.outcome === 'found') return { ...search, found: lookup.container }
    if (lookup.outcome === 'not-found') {
      search.answered.push(engine)
      search.looked.push(`${kind} at ${engine.where}`)
    } else {
      search.problems.push(lookup.says)
      search.denied ||= lookup.outcome === 'denied'
    }
    // Podman's program and its service share one store.
    if (lookup.outcome === 'not-found' && kind === 'podman') break
  }
  return search
}

/** What somebody who mistyped the name of a container may have meant, as a target; none where no engine has one like it. */
export async function meantContainers(
  gathering: Gathering,
  name: string,
  answered: readonly Engine[],
): Promise<string[]> {
  const { containers } = await listedBy(answered, gathering.callSignal())
  const near = nearestWord(
    name,
    containers.map((each) => each.name),
  )
  return containers.filter((each) => each.name === near).map(({ target }) => target)
}
