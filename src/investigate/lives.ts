/** A subject's lives: from each start of its main process to its end, put together from every source that tells of them. */
import type { Observation } from '../model/evidence.ts'
import type { PodContainerState } from '../model/cluster.ts'
import type { ContainerEvent } from '../model/facts.ts'
import type { Instant } from '../model/time.ts'
import type { Ending } from '../verdict/incident.ts'
import type { SubjectRecord } from './subjects.ts'

export interface Life {
  startedAt: Instant | null
  ending: Ending | null
  events: readonly Observation<ContainerEvent>[]
  /** PID 1 in the host's namespace, where a running state was seen. */
  mainPid: number | null
  /** In a pod each start has an id of its own. Left out elsewhere, and where it is not known. */
  containerId?: string
}

/** Two sources mean the same end when their times are this close: an engine's clock is not the kernel's. */
export const SAME_END_MS = 3_000

/** Oldest first; at least one, also where nothing is known of any. */
export function livesOf(record: SubjectRecord): readonly Life[] {
  const lives = livesFromEvents(record)
  addStates(lives, record)
  addPodStates(lives, record)
  return lives.length === 0
    ? [{ startedAt: null, ending: null, events: [], mainPid: null }]
    : lives.toSorted((a, b) => (timeOf(a) ?? 0) - (timeOf(b) ?? 0))
}

function timeOf(life: Life): Instant | null {
  return life.startedAt ?? life.ending?.at ?? null
}

function livesFromEvents(record: SubjectRecord): Life[] {
  const byContainer = Map.groupBy(record.events, ({ fact }) => fact.id)
  return [...byContainer.values()].flatMap((events) =>
    cut(events.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))),
  )
}

/** Cuts one container's events at each start; what comes before the first belongs to it. */
function cut(events: readonly Observation<ContainerEvent>[]): Life[] {
  const pieces: Observation<ContainerEvent>[][] = []
  for (const event of events) {
    const current = pieces.at(-1)
    const begun = current?.some(({ fact }) => fact.action === 'start') ?? false
    if (current === undefined || (event.fact.action === 'start' && begun)) pieces.push([event])
    else current.push(event)
  }
  return pieces
    .filter((piece) => piece.some(({ fact }) => LIFE_ACTIONS.has(fact.action)))
    .map((piece) => ({
      startedAt: piece.find(({ fact }) => fact.action === 'start')?.at ?? null,
      ending: endingFromEvents(piece),
      events: piece,
      mainPid: null,
    }))
}

const LIFE_ACTIONS: ReadonlySet<string> = new Set(['start', 'die', 'oom', 'kill', 'stop'])

/** Signals that ask a process to end; HUP, USR1 and WINCH are messages. */
const ENDING_SIGNALS: ReadonlySet<number> = new Set([1, 2, 3, 6, 9, 15])
const HANGUP = 1

function endingFromEvents(events: readonly Observation<ContainerEvent>[]): Ending | null {
  const die = events.find(({ fact }) => fact.action === 'die')
  if (die === undefined) return null
  const askedBy = events.find(
    ({ fact, at }) =>
      fact.action === 'kill' &&
      fact.signal !== HANGUP &&
      (fact.signal === null || ENDING_SIGNALS.has(fact.signal)) &&
      (at === null || die.at === null || at <= die.at + 100),
  )
  // Docker writes a kill event for each signal it sends; a stop event alone follows an end that had come by itself.
  const stopped = events.find(
    ({ fact }) => fact.engine === 'podman' && (fact.action === 'stop' || fact.action === 'restart'),
  )
  return {
    at: die.at,
    exitCode: die.fact.exitCode,
    signal: null,
    askedBy: askedBy ?? stopped ?? null,
    because: [die],
  }
}

/** Inspect knows the last life only, and one taken while it ran knows the main PID. */
function addStates(lives: Life[], record: SubjectRecord): void {
  for (const state of record.states) {
    const { startedAt, finishedAt, exitCode, running, pid } = state.fact
    if (running === true) {
      const life = nearest(lives, startedAt, null) ?? newLife(lives, startedAt)
      life.mainPid = pid ?? life.mainPid
      continue
    }
    if (finishedAt === null || (startedAt === null && exitCode === null)) continue
    const life = nearest(lives, startedAt, finishedAt) ?? newLife(lives, startedAt)
    life.ending = {
      // The runtime's own time; a busy engine sends its `die` event seconds later.
      at: finishedAt,
      exitCode: life.ending?.exitCode ?? exitCode,
      signal: null,
      askedBy: life.ending?.askedBy ?? null,
      because: [...(life.ending?.because ?? []), state],
    }
  }
}

function isLost(state: PodContainerState | null): boolean {
  return state?.reason === 'ContainerStatusUnknown'
}

function addPodStates(lives: Life[], record: SubjectRecord): void {
  const { pod, podContainer } = record
  if (pod === null || podContainer === null) return
  const { lastState, state: newest } = podContainer
  // One container that the kubelet lost sight of, told twice: no second one was started.
  const states = isLost(lastState) && isLost(newest) ? [newest] : [lastState, newest]
  for (const state of states) {
    if (state === null) continue
    if (state.phase === 'running') {
      const life = nearest(lives, state.startedAt, null) ?? newLife(lives, state.startedAt)
      nameLife(life, state.containerId ?? podContainer.containerId)
    }
    if (state.phase === 'terminated') addTerminated(lives, state, pod)
  }
}

function addTerminated(lives: Life[], state: PodContainerState, pod: Observation): void {
  // Kubernetes cuts its times to the second.
  const life = nearest(lives, state.startedAt, state.finishedAt) ?? newLife(lives, state.startedAt)
  nameLife(life, state.containerId)
  life.ending = {
    at: life.ending?.at ?? state.finishedAt,
    exitCode: life.ending?.exitCode ?? state.exitCode,
    signal: life.ending?.signal ?? state.signal,
    askedBy: life.ending?.askedBy ?? null,
    because: [...(life.ending?.because ?? []), pod],
  }
}

function nameLife(life: Life, containerId: string | null): void {
  if (containerId !== null) life.containerId = containerId
}

function newLife(lives: Life[], startedAt: Instant | null): Life {
  const life: Life = { startedAt, ending: null, events: [], mainPid: null }
  lives.push(life)
  return life
}

/** The life whose start or end lies closest to the given ones, if any is close enough to be the same. */
function nearest(
  lives: readonly Life[],
  startedAt: Instant | null,
  finishedAt: Instant | null,
): Life | null {
  let best: { life: Life; distance: number } | null = null
  for (const life of lives) {
    const distance = Math.min(
      distanceOf(life.startedAt, startedAt),
      distanceOf(life.ending?.at ?? null, finishedAt),
    )
    if (distance <= SAME_END_MS && (best === null || distance < best.distance)) {
      best = { life, distance }
    }
  }
  return best?.life ?? null
}

function distanceOf(a: Instant | null, b: Instant | null): number {
  return a === null || b === null ? Number.POSITIVE_INFINITY : Math.abs(a - b)
}
