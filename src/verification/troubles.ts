/** Kills and ends that the kernel log and an engine tell of, since a time. */
import { cgroupRelation, describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation, World } from '../model/evidence.ts'
import type { OomReport } from '../model/kernel.ts'
import type { Target } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import { isHeardByMarathon, troublesOfApp } from './app-look.ts'
import { containerIn, factsIn, ownPath, podContainerIn } from './own-group.ts'
import type { Trouble } from './seen.ts'

const TOLD = 100

/** From when on each counts. */
export interface Since {
  kills: Instant
  ends: Instant
}

/** What befell the subject since then; what is older, or without a time, does not count. */
export function troublesIn(world: World, target: Target, since: Since): Trouble[] {
  const id = containerIn(world)?.id ?? null
  const path = ownPath(world, target)
  const ofApp = target.kind === 'marathon' ? troublesOfApp(world) : []
  const ended = podContainerIn(world, target)?.lastState ?? null
  const inPod: Trouble[] =
    ended === null || ended.finishedAt === null
      ? []
      : [
          {
            kind: ended.reason === 'OOMKilled' ? 'kill' : 'end',
            at: ended.finishedAt,
            says: `Kubernetes tells of '${ended.reason ?? 'an end'}'`,
          },
        ]
  return world.observations
    .flatMap((observation): Trouble[] => {
      const { at, fact } = observation
      if (at === null) return []
      if (fact.kind === 'kernel-oom') {
        return isOf(fact, { id, path, target }) ? [killOf({ ...observation, fact }, at)] : []
      }
      if (fact.kind !== 'container-event' || fact.id !== id) return []
      const kind = EVENTS[fact.action]
      return kind === undefined
        ? []
        : [{ kind, at, says: `${fact.engine} tells of '${fact.action}'` }]
    })
    .concat(ofApp, inPod)
    .filter(({ kind, at }) => at >= (kind === 'kill' ? since.kills : since.ends))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, TOLD)
}

const EVENTS: Readonly<Record<string, Trouble['kind']>> = {
  oom: 'kill',
  die: 'end',
}

/** True where the kernel log was read without a gap from then on, or where Marathon would know. */
export function heardSince(world: World, since: Instant): boolean {
  if (isHeardByMarathon(world)) return true
  return factsIn(world, 'kernel-log-coverage').some(
    ({ firstAt }) => firstAt !== null && firstAt <= since,
  )
}

interface Who {
  id: string | null
  path: string | null
  target: Target
}

function isOf(report: OomReport, { id, path, target }: Who): boolean {
  if (target.kind === 'host') return true
  if (target.kind === 'process' && report.kills.some(({ pid }) => pid === target.pid)) return true
  const victims = report.taskMemcg
  if (victims === null) return false
  if (id !== null && describeCgroupPath(victims).containers.some((one) => one.id === id))
    return true
  return path !== null && ['same', 'ancestor'].includes(cgroupRelation(path, victims))
}

function killOf({ fact }: Observation<OomReport>, at: Instant): Trouble {
  const [victim] = fact.kills
  const who = victim === undefined ? 'a process' : `${victim.name} (PID ${victim.pid})`
  return { kind: 'kill', at, says: `the kernel killed ${who}` }
}
