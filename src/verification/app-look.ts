/** Looks at an app of Marathon: its tasks, by what Marathon and the agents tell. */
import type { World } from '../model/evidence.ts'
import type { CgroupState } from '../model/facts.ts'
import type { Change } from '../model/fix.ts'
import type { Instant } from '../model/time.ts'
import { stateSample } from '../parsers/series/group-sample.ts'
import { factsIn } from './own-group.ts'
import type { Look, Trouble } from './seen.ts'

/** What a world, read just now, says about the app. */
export function lookAtApp(world: World, change: Change | null, at: Instant): Look {
  const app = factsIn(world, 'marathon-app')[0] ?? null
  const running = factsIn(world, 'mesos-task').filter(({ state }) => state === 'TASK_RUNNING')
  const ids = [...new Set(running.flatMap(({ taskId }) => taskId ?? []))].toSorted()
  const starts = running.flatMap(({ startedAt }) => startedAt ?? [])
  const fullest = fullestOf(factsIn(world, 'cgroup-state'))
  return {
    at,
    running: ids.length > 0 && ids.length >= (app?.instances ?? 1),
    // Each task has an id of its own: another set of them is another life.
    id: ids.join(' '),
    startedAt: starts.length === 0 ? null : Math.max(...starts),
    restartCount: null,
    workload: app === null ? null : { image: app.image, imageId: null, command: app.command },
    limit: fullest?.limitBytes ?? null,
    configuredLimitBytes: null,
    sample: fullest === null ? null : stateSample(at, fullest),
    countsFromStart: false,
    settings: settingsIn(app?.env ?? null, change),
  }
}

/** Of several instances the one that is nearest to its limit: all have the same. */
function fullestOf(groups: readonly CgroupState[]): CgroupState | null {
  return groups.reduce<CgroupState | null>(
    (fullest, one) =>
      fullest === null || (one.usageBytes ?? 0) > (fullest.usageBytes ?? 0) ? one : fullest,
    null,
  )
}

/** As the definition has them, which the tasks that run were started with. */
function settingsIn(env: readonly string[] | null, change: Change | null): Look['settings'] {
  if (change?.kind !== 'environment' || env === null) return null
  const valueOf = (name: string): string | null =>
    env.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
  return Object.fromEntries(Object.keys(change.set).map((name) => [name, valueOf(name)]))
}

/** Its tasks that failed. Marathon remembers the reason of the last one, and Mesos that there were others. */
export function troublesOfApp({ observations }: World): Trouble[] {
  return observations.flatMap(({ at, fact, says }): Trouble[] => {
    if (at === null || fact.kind !== 'mesos-task' || fact.state !== 'TASK_FAILED') return []
    return [{ kind: fact.memoryLimitExceeded ? 'kill' : 'end', at, says }]
  })
}

/** Mesos ends a container in which anything was killed, and Marathon keeps that. Of Docker's it learns of the main process alone. */
export function isHeardByMarathon(world: World): boolean {
  return factsIn(world, 'marathon-app').some(({ containerizer }) => containerizer === 'mesos')
}
