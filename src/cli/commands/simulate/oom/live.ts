import { formatBytes } from '../../../../model/bytes.ts'
import { EXIT, StellaError } from '../../../../model/errors.ts'
import type { World } from '../../../../model/evidence.ts'
import type { Target } from '../../../../model/subject.ts'
import {
  evidenceOfGroup,
  evidenceOfHost,
  groupOfTarget,
  nearestLimit,
  tighterAbove,
} from '../../../../simulate/oom/from-world.ts'
import { simulateOom } from '../../../../simulate/oom/simulate.ts'
import type { CliContext } from '../../../context.ts'
import type { Engine } from '../../../engine.ts'
import type { FoundEvidence } from './found.ts'

/**
 * The evidence about a living target: the processes of the nearest group with a limit, or of the machine where nothing on
 * the way up has one.
 *
 * @throws StellaError 3 where the target does not exist, 4 where nobody lives in it
 */
export async function liveEvidence(context: CliContext, target: Target): Promise<FoundEvidence> {
  const engine = await context.engine()
  // What was killed before does not matter here.
  const since = context.io.now()
  if (target.kind === 'host') return hostEvidence(engine, since, [])
  const { world, target: found } = await engine.collect(target, { since })
  if (found.kind === 'host') return hostEvidence(engine, since, [])
  const path = groupOfTarget(world, found)
  if (path === null) throw nobody('it has no memory group of its own here: it is not running')
  const limited = nearestLimit(world, path)
  if (limited === null) {
    return hostEvidence(engine, since, [
      `${path} has no limit, and no group above it: only the machine's memory ends its growth.`,
    ])
  }
  const isOwn = limited === path
  const around = isOwn ? world : await collectGroup(engine, limited, since)
  const evidence = evidenceOfGroup(around, limited)
  if (evidence === null) throw nobody(`no process lives in ${limited}`)
  const tighter = tighterAbove(around, limited).map(
    (group) =>
      `${group.path} above it has less room (${formatBytes(group.roomBytes)}): its limit may be reached first, see cgroup:${group.path}.`,
  )
  const notes = isOwn ? [] : [`${path} has no limit of its own; the nearest one is at ${limited}.`]
  const unread = world.unknown.filter((gap) => gap.startsWith('only the first '))
  return {
    evidence: { ...evidence, unknown: [...evidence.unknown, ...unread] },
    notes: [...notes, ...tighter],
  }
}

async function hostEvidence(
  engine: Engine,
  since: number,
  notes: readonly string[],
): Promise<FoundEvidence> {
  const [machine, processes] = await Promise.all([
    engine.collect({ kind: 'host' }, { since }),
    engine.processes(),
  ])
  const world = joined(machine.world, processes)
  const evidence = evidenceOfHost(world)
  if (evidence === null) throw nobody('no process of the machine could be read')
  const group = simulateOom(evidence.setting)?.chosen?.cgroup ?? '/'
  const unknown = [...evidence.unknown, ...processes.unknown]
  if (group === '/') return { evidence: { ...evidence, unknown }, notes }
  // Whether its group would die with it stands in the group's files.
  const groups = await collectGroup(engine, group, since)
  const flags = groups.observations.filter(({ fact }) => fact.kind === 'cgroup-state')
  const complete = evidenceOfHost(joined(world, { observations: flags, unknown: [] })) ?? evidence
  return { evidence: { ...complete, unknown }, notes }
}

async function collectGroup(engine: Engine, path: string, since: number): Promise<World> {
  try {
    return (await engine.collect({ kind: 'cgroup', path }, { since })).world
  } catch (error) {
    // The group went away with its last process.
    if (error instanceof StellaError) return { observations: [], unknown: [] }
    throw error
  }
}

function joined(one: World, other: World): World {
  return {
    observations: [...one.observations, ...other.observations],
    unknown: [...one.unknown, ...other.unknown],
  }
}

function nobody(what: string): StellaError {
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: `there is nothing to rank: ${what}`,
    todo: 'name a target that runs, or give the kernel log of a kill with --from',
  })
}
