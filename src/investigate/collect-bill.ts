import { NOTHING_ASKED } from '../bill/asked.ts'
import type { Asked } from '../bill/asked.ts'
import { GIB } from '../model/bytes.ts'
import { EXIT, StellaError } from '../model/errors.ts'
import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import { readKsm, readPageSize } from '../sources/host/ksm.ts'
import { readLruGen } from '../sources/host/lru-gen.ts'
import { readKsmOfProcess } from '../sources/proc/ksm.ts'
import { readTmpfs } from '../sources/proc/tmpfs.ts'
import { hostReader } from '../sources/reader.ts'
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
  const present = await collectPresent(target, rest)
  if (present === null) return { ...(await collect(target, rest)), asked: NOTHING_ASKED }
  const processes = ofKind(present.world.observations, 'process-state').map(({ fact }) => fact)
  const { target: found } = present
  const own =
    found.kind === 'process' ? processes.filter(({ pid }) => pid === found.pid) : processes
  const reader = rest.reader ?? hostReader()
  const answers = ask ? await askRuntimes(reader, own, processes, QUESTION_TIMEOUT_MS) : []
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
    earlier,
  }
  return { ...present, asked }
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
