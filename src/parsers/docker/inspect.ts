import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerState } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { jsonObjects, recordAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { keepNewest, observation } from '../observe.ts'
import { containerState } from './container-state.ts'

/** `docker inspect` and `podman inspect`: an array, one object, JSON lines, or the answer of the Engine API. */
export const inspectFormat: TextFormat = {
  id: 'container-inspect',
  recognise: (head) =>
    /^\s*[[{]/.test(head) &&
    /"Id"\s*:\s*"/.test(head) &&
    /"(?:OOMKilled|HostConfig|RepoTags|IPAM)"\s*:/.test(head),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const found: Observation[] = []
  for (const { value, line } of jsonObjects(text)) {
    const fact = containerState(value)
    if (fact === null) continue
    keepNewest(
      found,
      observation(origin, {
        source: fact.engine,
        at: fact.running === false ? fact.finishedAt : null,
        line,
        says: says(fact),
        excerpt: excerpt(value),
        fact,
      }),
    )
  }
  return found
}

function says(state: ContainerState): string {
  const subject = `container ${state.name ?? state.id.slice(0, 12)}`
  const parts = [
    state.status === null ? 'has no status' : `is ${state.status}`,
    state.exitCode === null ? null : `exit code ${state.exitCode}`,
    state.oomKilled === null ? null : `OOMKilled ${state.oomKilled}`,
    state.memoryLimitBytes === null
      ? 'no memory limit'
      : `memory limit ${formatBytes(state.memoryLimitBytes)}`,
    state.error === null ? null : `error "${state.error.slice(0, 200)}"`,
  ]
  return `${state.engine} says: ${subject} ${parts.filter((part) => part !== null).join(', ')}`
}

/** The members that bear on the question; an object is several kilobytes long. */
function excerpt(object: JsonRecord): string {
  const host = recordAt(object, 'HostConfig')
  const limits = ['Memory', 'MemorySwap', 'MemoryReservation', 'OomKillDisable', 'OomScoreAdj']
  const { Health: _health, ...state } = recordAt(object, 'State') ?? {}
  return JSON.stringify({
    Id: object['Id'],
    Name: object['Name'],
    State: state,
    HostConfig: Object.fromEntries(limits.map((key) => [key, host?.[key]])),
  })
}
