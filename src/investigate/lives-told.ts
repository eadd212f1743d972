import type { CaseLife, CaseLives } from '../model/case.ts'
import type { MesosTaskUpdate } from '../model/cluster.ts'
import type { Instant } from '../model/time.ts'
import { ENDED } from '../parsers/mesos/task-update.ts'
import type { Incident } from '../verdict/incident.ts'

/** More show no more in a picture. */
const MOST_LIVES = 120

type Told = Pick<Incident, 'lives' | 'tasksOfApp' | 'marathon' | 'podContainer' | 'container'>

/** The lives that a case tells of, the newest of them; null where there is no second one. */
export function livesTold(incident: Told): CaseLives | null {
  const { lives, tasksOfApp, marathon, podContainer, container } = incident
  const known = (tasksOfApp.length > 0 ? tasksAsLives(tasksOfApp) : lives).toSorted(
    (a, b) => (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity) || 0,
  )
  const list = known.slice(-MOST_LIVES)
  if (list.length < 2) return null
  // An engine counts its own restarts, and forgets how each life before the last one went.
  const restarts = podContainer?.restartCount ?? container?.fact.restartCount ?? 0
  const earlier = Math.max(known.length, restarts + 1) - list.length
  return { list, earlier, cpus: marathon?.fact.cpus ?? null }
}

/** One life of each task, which several sources may tell of. */
function tasksAsLives(tasks: Incident['tasksOfApp']): CaseLife[] {
  const byTask = new Map<string, TimedUpdate[]>()
  for (const { at, fact } of tasks) {
    if (fact.taskId === null) continue
    const told = byTask.get(fact.taskId)
    if (told === undefined) byTask.set(fact.taskId, [{ ...fact, at }])
    else told.push({ ...fact, at })
  }
  return [...byTask.values()].flatMap(taskAsLife)
}

function taskAsLife(told: readonly TimedUpdate[]): CaseLife[] {
  const ends = told.filter(({ state, at }) => state !== null && ENDED.test(state) && at !== null)
  // Who knows its start knows its end by the same clock.
  const end = ends.find((one) => one.startedAt !== null) ?? ends[0]
  const startedAt = told.find((one) => one.startedAt !== null)?.startedAt ?? null
  if (end !== undefined) {
    const memory = told.some((one) => one.memoryLimitExceeded) ? ', over its memory limit' : ''
    return [{ startedAt, endedAt: end.at, how: `${end.state}${memory}` }]
  }
  const runs = told.every(({ state }) => state === 'TASK_RUNNING')
  return runs && startedAt !== null ? [{ startedAt, endedAt: null, how: 'TASK_RUNNING' }] : []
}

type TimedUpdate = MesosTaskUpdate & { at: Instant | null }
