import { setTimeout as sleep } from 'node:timers/promises'
import { familyOf } from '../bill/processes.ts'
import { NOTHING_ASKED } from '../bill/asked.ts'
import type { Asked } from '../bill/asked.ts'
import { GIB } from '../model/bytes.ts'
import { EXIT, StellaError } from '../model/errors.ts'
import type { Observation, World } from '../model/evidence.ts'
import type { CgroupState } from '../model/facts.ts'
import type { Target } from '../model/subject.ts'
import { readKsm, readPageSize } from '../sources/host/ksm.ts'
import { readLruGen } from '../sources/host/lru-gen.ts'
import { readKsmOfProcess } from '../sources/proc/ksm.ts'
import { readTmpfs } from '../sources/proc/tmpfs.ts'
import { joinReadings } from '../sources/reading.ts'
import { hostReader } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { findMemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import { readGroup } from '../sources/cgroup/group.ts'
import { engines } from '../sources/docker/index.ts'
import { versionOf } from '../sources/docker/version.ts'
import { podNow, type PodNow } from './cluster/pod-now.ts'
import { askRuntimes } from './ask-runtimes.ts'
import { collect } from './collect.ts'
import type { CollectOptions } from './collect.ts'
import { ofKind } from './of-kind.ts'

/** What a bill is written from. */
export interface BillEvidence {
  world: World
  target: Target
  asked: Asked
}

export interface BillOptions extends Partial<CollectOptions> {
  /** False: processes are looked at from outside alone. */
  ask: boolean
  /** The world of the bill before, for rates. */
  earlier?: World | null
}

/** Walking the page tables of this much takes some 2.5 s. */
const ROLLUP_BYTES = 64 * GIB
const QUESTION_TIMEOUT_MS = 5_000

/**
 * Collects what the bill of a target needs: of a living one its groups, processes and runtimes as they are now; of a dead one
 * all that `collect` finds.
 *
 * @throws StellaError as `collect` does
 */
export async function collectBill(target: Target, options: BillOptions): Promise<BillEvidence> {
  const { ask, earlier = null, ...rest } = options
  const pod = target.kind === 'pod' ? await collectPodBill(target, options) : null
  if (pod !== null) return pod
  const present = await collectPresent(target, rest)
  if (present === null) return { ...(await collect(target, rest)), asked: NOTHING_ASKED }
  if (isElsewhere(present.target)) return { ...present, asked: NOTHING_ASKED }
  const processes = ofKind(present.world.observations, 'process-state').map(({ fact }) => fact)
  const { target: found } = present
  const named = processes.find(({ pid }) => found.kind === 'process' && pid === found.pid)
  const own = named === undefined ? processes : [named]
  const among = named === undefined ? processes : familyOf(named, processes)
  const reader = rest.reader ?? hostReader()
  const answers = ask ? await askRuntimes(reader, own, among, QUESTION_TIMEOUT_MS) : []
  const first = own[0]?.pid
  const tmpfs = first === undefined ? null : readTmpfs(reader, first)
  const asked = {
    answers,
    lruGen: readLruGen(reader),
    tmpfs: tmpfs?.mounts ?? null,
    ksm: {
      machine: readKsm(reader),
      processes: own.flatMap(({ pid }) => readKsmOfProcess(reader, pid) ?? []),
    },
    pageSizeBytes: readPageSize(reader),
    engineVersion: await engineVersion(reader, present.world),
    kubelet: null,
    earlier,
    later: earlier === null ? await secondLook(reader, present.world) : null,
  }
  return { ...present, asked }
}

/** What is known of it came over a network: this machine's runtimes, settings and clock are not its own. */
function isElsewhere({ kind }: Target): boolean {
  return kind === 'marathon'
}

type PodTarget = Extract<Target, { kind: 'pod' }>

/** A pod that lives: its group where this machine is its node, else what its kubelet tells. Null: it does not live. */
async function collectPodBill(
  target: PodTarget,
  options: BillOptions,
): Promise<BillEvidence | null> {
  const now = await podNow(options.reader ?? hostReader(), target)
  if (now.path !== null) {
    return withPod(target, now, await collectBill({ kind: 'cgroup', path: now.path }, options))
  }
  if (now.figures === null) return null
  return { world: elsewhere(now), target, asked: { ...NOTHING_ASKED, kubelet: now.figures } }
}

/** What the API server says of the pod gives its groups their names. */
function withPod(
  asked: PodTarget,
  { state, around, unknown }: PodNow,
  { world, ...rest }: BillEvidence,
): BillEvidence {
  const told = state === null ? around : [state, ...around]
  // The pod as a whole is its group: its name alone would mean one of its containers.
  const target = asked.container === null ? rest.target : asked
  return { ...rest, target, world: joinReadings([{ observations: told, unknown }, world]) }
}

/** Nothing of this machine is about a pod of another one. */
function elsewhere({ unknown }: PodNow): World {
  return { observations: [], unknown }
}

/** What podman shows changed with its version; Docker's did so too long ago to be asked for. */
async function engineVersion(reader: Reader, { observations }: World): Promise<string | null> {
  const [container] = ofKind(observations, 'container-state')
  if (container?.fact.engine !== 'podman') return null
  return versionOf(engines(reader, 'podman'), AbortSignal.timeout(QUESTION_TIMEOUT_MS))
}

/** Counters of what is read again tell nothing by one look; within this time a group that thrashes shows it. */
const LOOK_AGAIN_MS = 300

async function secondLook(
  reader: Reader,
  { observations }: World,
): Promise<Observation<CgroupState> | null> {
  const [group] = ofKind(observations, 'cgroup-state')
  const hierarchy = findMemoryHierarchy(reader)
  if (group === undefined || group.fact.path === null || hierarchy === null) return null
  const since = reader.now() - (group.at ?? 0)
  if (since < LOOK_AGAIN_MS) await sleep(LOOK_AGAIN_MS - since)
  const again = readGroup(reader, hierarchy, group.fact.path).observations
  return ofKind(again, 'cgroup-state')[0] ?? null
}

/** Null where the target lives no more. */
async function collectPresent(
  target: Target,
  options: Partial<CollectOptions>,
): Promise<{ world: World; target: Target } | null> {
  try {
    const present = await collect(target, {
      ...options,
      presentOnly: true,
      rollupMaxRssBytes: ROLLUP_BYTES,
    })
    return lives(present.world, present.target) ? present : null
  } catch (error) {
    if (error instanceof StellaError && error.exitCode === EXIT.unreachable) return null
    throw error
  }
}

function lives({ observations }: World, target: Target): boolean {
  switch (target.kind) {
    case 'container':
      return ofKind(observations, 'container-state').some(({ fact }) => fact.running === true)
    case 'cgroup':
      return ofKind(observations, 'cgroup-state').some(({ fact }) => fact.usageBytes !== null)
    case 'process':
      return ofKind(observations, 'process-state').some(({ fact }) => fact.pid === target.pid)
    default:
      return true
  }
}
