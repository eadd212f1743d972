import { keepNewest } from '../model/newest.ts'
import { readContainerList } from '../parsers/docker/container-list.ts'
import type { Engine, EngineAnswer } from '../sources/docker/engine.ts'
import type { Reader } from '../sources/reader.ts'

/** Names of containers by their id, found out in the background. */
export interface ContainerNames {
  readonly known: ReadonlyMap<string, string>
  /** Why an engine that has containers here did not tell their names. */
  readonly problems: readonly string[]
  /** Asks the engines where there is somebody new, and not too often. Never waits. */
  want(containers: Iterable<WantedContainer>): void
  /** Resolves when what was asked is answered. */
  settled(): Promise<void>
}

export interface WantedContainer {
  id: string
  /** As far as the name of its group tells. */
  engine: string | null
}

export type EngineName = 'docker' | 'podman'

/** What asks an engine is loaded when there is a container to ask for. */
export type LoadEngines = (reader: Reader, name: EngineName) => Promise<readonly Engine[]>

/** Between two questions for containers that are new. */
const FIRST_PAUSE_SECONDS = 2
/** Between two questions for the same ones: a container can be renamed, and a daemon can come back. */
const LONGEST_PAUSE_SECONDS = 60
const PATIENCE_MS = 5_000
const MAX_NAMES = 20_000

export function containerNames(reader: Reader, loadEngines: LoadEngines): ContainerNames {
  const directories = (['docker', 'podman'] as const).map((name) => directory(name))
  const known = new Map<string, string>()
  let running: Promise<unknown> | null = null

  async function ask(chosen: readonly Directory[]): Promise<void> {
    for (const each of chosen) {
      const { names, problem } = await namesFrom(await loadEngines(reader, each.name))
      for (const [id, name] of names) keepNewest(known, id, name, MAX_NAMES)
      each.problem = problem
    }
  }

  return {
    known,
    get problems() {
      return directories.map(({ problem }) => problem).filter((problem) => problem !== null)
    },
    want(containers) {
      if (running !== null) return
      const now = reader.monotonicSeconds()
      const wanted = [...containers]
      const due = directories.filter((each) => each.isDue(wanted, known, now))
      if (due.length === 0) return
      running = ask(due)
        .catch((error: unknown) => {
          for (const each of due) each.problem = `${each.name}: ${String(error)}`
        })
        .finally(() => {
          running = null
        })
    },
    settled: async () => void (await running),
  }
}

interface Directory {
  readonly name: EngineName
  problem: string | null
  /** True where it should be asked now; then it counts as asked. */
  isDue(
    wanted: readonly WantedContainer[],
    known: ReadonlyMap<string, string>,
    now: number,
  ): boolean
}

function directory(name: EngineName): Directory {
  let asked = new Set<string>()
  let askedAt = -Infinity
  let pause = FIRST_PAUSE_SECONDS
  return {
    name,
    problem: null,
    isDue(wanted, known, now) {
      // A bare id of 64 digits may be Docker's.
      const ids = wanted
        .filter(({ engine }) => engine === name || (engine === null && name === 'docker'))
        .map(({ id }) => id)
      if (ids.length === 0) return false
      const isNew = ids.some((id) => !asked.has(id))
      const isOpen = ids.some((id) => !known.has(id))
      if (isNew) pause = FIRST_PAUSE_SECONDS
      if (now - askedAt < (isNew || isOpen ? pause : LONGEST_PAUSE_SECONDS)) return false
      pause = Math.min(LONGEST_PAUSE_SECONDS, pause * 2)
      asked = new Set(ids)
      askedAt = now
      return true
    },
  }
}

async function namesFrom(
  engines: readonly Engine[],
): Promise<{ names: ReadonlyMap<string, string>; problem: string | null }> {
  const names = new Map<string, string>()
  let answered = false
  let problem: string | null = null
  for (const engine of engines) {
    // Podman's program reads the same store as its service.
    if (answered && engine.name === 'podman') break
    const answer = await engine.list(AbortSignal.timeout(PATIENCE_MS))
    if (answer.outcome === 'answered') {
      answered = true
      for (const { id, name } of readContainerList(answer.text)) names.set(id, name)
    } else problem ??= `container names are not known: ${whyNot(answer)}`
  }
  return { names, problem: answered ? null : problem }
}

function whyNot(answer: Exclude<EngineAnswer, { outcome: 'answered' }>): string {
  return answer.outcome === 'not-found' ? 'the engine keeps no list' : answer.says
}
