import { MACHINE_SCHEMA, type MachineDocument } from '../../audit/documents/machine.ts'
import { unreachableError } from '../../model/errors.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { Reader } from '../../sources/reader.ts'
import { type KnownContainer, surveyEngines } from './engines.ts'
import { type ContainerGroup, readContainerGroups } from './groups.ts'
import { surveyHost } from './host.ts'
import { readPrograms } from './programs.ts'

/** What runs here, as documents that can be judged now, or saved and judged elsewhere. */
export interface Survey {
  documents: readonly SurveyDocument[]
  /** What could not be asked or read, in sentences. */
  unread: readonly string[]
}

export interface SurveyDocument {
  /** `host`, `docker:web`. */
  path: string
  /** JSON, as `docker inspect` prints it. */
  text: string
}

/**
 * Looks at this machine: its settings, and the containers of its engines. What an engine does not tell is read from the memory
 * groups, and where an engine does not answer, the rest is told.
 *
 * @throws StellaError 3 where neither the machine nor an engine tells anything
 */
export async function survey(reader: Reader): Promise<Survey> {
  const hierarchy = findMemoryHierarchy(reader)
  const host = surveyHost(reader, hierarchy)
  const { infos, containers: all, unread } = await surveyEngines(reader)
  if (host === null && infos.length === 0) throw nothing(unread)
  const known = all.filter(({ isSandbox }) => !isSandbox)
  const sandboxes = new Set(all.flatMap(({ isSandbox, state }) => (isSandbox ? [state.id] : [])))
  const groups =
    hierarchy === null ? { found: [], unread: [] } : readContainerGroups(reader, hierarchy)
  const living = groups.found
    .filter(({ id }) => !sandboxes.has(id))
    .map((group) => ({ group, name: nameOf(group, known) }))
  const { programs, unread: unreadPrograms } = await readPrograms(
    reader,
    hierarchy,
    living.map(({ name, group }) => ({ name, path: group.path })),
  )
  const machine: MachineDocument = {
    schema: MACHINE_SCHEMA,
    at: new Date(reader.now()).toISOString(),
    ...(host ?? { sysctls: {} }),
    engines: infos,
    containers: living.map(({ name, group }) => ({
      name,
      ...askedOf(group, known),
      groups: group.groups,
    })),
    programs,
  }
  const judged = known.filter(isOfUse)
  return {
    documents: [
      { path: 'host', text: printed(machine) },
      ...judged.map(({ name, kept }) => ({ path: name, text: printed([kept]) })),
    ],
    unread: [...unread, ...groups.unread, ...unreadPrograms],
  }
}

/** One that ended and that nobody starts again takes no memory, and never may. */
function isOfUse({ state: { status, restartPolicy } }: KnownContainer): boolean {
  const isOver = status === 'exited' || status === 'dead' || status === 'stopped'
  return !isOver || (restartPolicy !== null && restartPolicy !== 'no')
}

function nameOf({ id, engine }: ContainerGroup, known: readonly KnownContainer[]): string {
  const container = known.find(({ state }) => state.id === id)
  return container?.name ?? `${engine ?? 'container'}:${id.slice(0, 12)}`
}

function askedOf(
  { id }: ContainerGroup,
  known: readonly KnownContainer[],
): { askedBytes?: number | null } {
  const container = known.find(({ state }) => state.id === id)
  if (container === undefined || !container.isPlain) return {}
  return { askedBytes: container.state.memoryLimitBytes }
}

function printed(document: object): string {
  return `${JSON.stringify(document, null, 4)}\n`
}

function nothing(unread: readonly string[]): Error {
  const isDenied = unread.some((sentence) => /may not be opened|refuses the call/.test(sentence))
  return unreachableError(
    `nothing of this machine can be read: ${unread.join('; ')}`,
    '--live',
    isDenied
      ? 'run it with that right'
      : 'run it on a machine with Linux, or judge what docker inspect prints there',
  )
}
