import type { Asked } from '../bill/asked.ts'
import { billOfDead, billOfHost, billOfLiving, billOfProcess } from '../bill/bill.ts'
import { billOfKubelet } from '../bill/kubelet-bill.ts'
import type { Bill } from '../model/bill.ts'
import { EXIT, StellaError } from '../model/errors.ts'
import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import type { Incident } from '../verdict/incident.ts'
import { ownLimitBytes } from '../verdict/reading.ts'
import { incidentsOf } from './incidents.ts'
import { joinSubjects } from './join/join.ts'
import { ofKind } from './of-kind.ts'
import { chooseSubjects } from './targets.ts'

/**
 * From evidence to a bill: of the living subject as it is, else of the dead one at its last kill.
 *
 * @throws StellaError 3 where the evidence holds nothing about the target, 4 where it holds no account of its memory
 */
export function billFrom(world: World, target: Target | null, asked: Asked): Bill {
  const bill =
    asked.kubelet !== null
      ? billOfKubelet(asked.kubelet, world.unknown)
      : target?.kind === 'host'
        ? ofHost(world)
        : target?.kind === 'process'
          ? (ofProcess(world, target.pid, asked) ?? ofGroup(world, target, asked))
          : ofGroup(world, target, asked)
  if (bill === null) throw nothingToBill(target, world.unknown)
  return bill
}

function ofHost({ observations, unknown }: World): Bill | null {
  const memory = ofKind(observations, 'host-memory').at(-1)
  if (memory === undefined) return null
  const states = ofKind(observations, 'host-state').map(({ fact }) => fact)
  return billOfHost(memory.fact, states, { at: memory.at, unknown })
}

function ofProcess(world: World, pid: number, asked: Asked): Bill | null {
  const process = ofKind(world.observations, 'process-state').find(({ fact }) => fact.pid === pid)
  if (process === undefined) return null
  const path = process.fact.cgroupPaths[0]
  const group = path === undefined ? null : { kind: 'cgroup' as const, path }
  const incident =
    group === null ? undefined : joinSubjects(world, group).flatMap(incidentsOf).find(livesOn)
  return billOfProcess(process.fact, incident ?? null, {
    at: process.at,
    asked,
    unknown: world.unknown,
  })
}

function ofGroup(world: World, target: Target | null, asked: Asked): Bill | null {
  const incidents = chooseSubjects(joinSubjects(world, target), target)
    .flatMap(incidentsOf)
    .toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
  for (const incident of incidents.filter(livesOn)) {
    const bill = billOfLiving(incident, asked, world.unknown)
    if (bill !== null) return bill
  }
  for (const incident of incidents.toReversed()) {
    const bill = billOfDead(incident, world.unknown)
    if (bill !== null) return bill
  }
  // Few figures, but better than none.
  const told = incidents.findLast(({ ending, figures }) => ending === null && figures !== null)
  return told === undefined || told.figures === null
    ? null
    : billOfKubelet(
        {
          ...told.figures.fact,
          limitBytes: ownLimitBytes(told),
          image: told.subject.image ?? told.figures.fact.image,
        },
        world.unknown,
      )
}

/** A group without processes is alive, too: what stays charged in it is what one wants to see. */
function livesOn(incident: Incident): boolean {
  return incident.ending === null && incident.groups.own !== null
}

function nothingToBill(target: Target | null, unknown: readonly string[]): StellaError {
  if (target?.kind === 'marathon') return nobodyTells(target.app, unknown)
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: 'there is no account of its memory: it does not live, and no kernel report tells what it had',
    where: null,
    todo:
      target === null
        ? 'give it a kernel log, the files of its memory group, or a case'
        : "try 'stella why' for how it ended, or give it the kernel log of that time with --from",
  })
}

/** Marathon knows nothing of memory: its agents do, while a task runs. */
function nobodyTells(app: string, unknown: readonly string[]): StellaError {
  const why = unknown.length === 0 ? 'none of its tasks runs' : unknown[0]
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: `no Mesos agent tells what a task of ${app} holds now: ${why}`,
    where: `marathon:${app}`,
    todo: "try 'stella why' for how it ended, or run stella on the agent while a task runs",
  })
}
