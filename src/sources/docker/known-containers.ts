import { type ListedContainer, readContainerList } from '../../parsers/docker/container-list.ts'
import type { Reader } from '../reader.ts'
import type { Engine } from './engine.ts'
import { engines } from './index.ts'

/** A container with the word that names it as a target: `docker:web`. */
export interface NamedContainer extends ListedContainer {
  target: string
}

export interface KnownContainers {
  containers: NamedContainer[]
  /** Engines that are here and could not be asked, and why. */
  unread: string[]
}

/** A machine with more of them is told about the first. */
const MAX_CONTAINERS = 1_000

/** What these engines list, dead ones too. Where none answers it is empty: whoever asks has something better to say. */
export async function listedBy(
  asked: readonly Engine[],
  signal: AbortSignal,
): Promise<KnownContainers> {
  const known = new Map<string, NamedContainer>()
  const unread: string[] = []
  for (const answer of await Promise.all(asked.map((engine) => listOf(engine, signal)))) {
    if (typeof answer === 'string') unread.push(answer)
    // Podman may answer at Docker's socket, too.
    else for (const each of answer) if (!known.has(each.id)) known.set(each.id, each)
  }
  return { containers: [...known.values()].slice(0, MAX_CONTAINERS), unread }
}

/** The containers of all engines of this machine. */
export async function knownContainers(
  reader: Reader,
  signal: AbortSignal,
): Promise<KnownContainers> {
  return listedBy([...engines(reader, 'docker'), ...engines(reader, 'podman')], signal)
}

async function listOf(engine: Engine, signal: AbortSignal): Promise<NamedContainer[] | string> {
  const answer = await engine.listAll(signal)
  if (answer.outcome === 'denied' || answer.outcome === 'failed') return answer.says
  if (answer.outcome !== 'answered') return []
  return readContainerList(answer.text).map((each) => ({
    ...each,
    target: `${engine.name}:${each.name}`,
  }))
}
