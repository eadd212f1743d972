import type { World } from '../../model/evidence.ts'
import type { KilledLife, ToldHeap } from '../../model/sizing.ts'
import type { Subject, Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { toldHeap } from '../../verdict/runtime-heap.ts'
import { investigate } from '../investigate.ts'
import { joinSubjects } from '../join/join.ts'
import { ofKind } from '../of-kind.ts'
import { chooseSubjects } from '../targets.ts'

/** Where a subject stands among limits. */
export interface Place {
  subject: Subject | null
  /** The tightest limit above it. */
  aboveBytes: number | null
  /** As its engine stores it, for one that is dead. */
  limitBytes: number | null
  requestBytes: number | null
  /** Of the one program that it was made to run. */
  heap: ToldHeap | null
}

export function placeOf(world: World, target: Target): Place {
  const [chosen] = chooseSubjects(joinSubjects(world, target), target)
  const above = (chosen?.groups.ancestors ?? []).flatMap(({ fact }) => fact.limitBytes ?? [])
  const container = chosen?.record.states.at(-1)?.fact ?? null
  return {
    subject: chosen?.record.subject ?? null,
    aboveBytes: above.length === 0 ? null : Math.min(...above),
    limitBytes: container?.memoryLimitBytes ?? null,
    requestBytes: container?.memoryReservationBytes ?? null,
    heap: container === null ? null : toldHeap(container.command, container.env),
  }
}

/** Lives, or children within one, that ended at the subject's own limit. A kill at a limit above it says nothing about its need. */
export function killsOf(world: World, target: Target): KilledLife[] {
  return investigate(world, target, { all: true })
    .filter(({ verdict }) => verdict.code === 'oom-own-limit')
    .flatMap(({ at, binding }) =>
      binding.limitBytes === null
        ? []
        : [{ at, limitBytes: binding.limitBytes, uptimeSeconds: null }],
    )
}

/** When the present life began: as the engine tells it, else the start of its oldest process. */
export function startOf({ observations }: World): Instant | null {
  const [container] = ofKind(observations, 'container-state')
  const told = container?.fact.startedAt ?? null
  if (told !== null) return told
  const bootAt =
    ofKind(observations, 'host-state').find(({ fact }) => fact.bootAt !== null)?.fact.bootAt ?? null
  const starts = ofKind(observations, 'process-state').flatMap(({ fact }) => fact.startTicks ?? [])
  if (bootAt === null || starts.length === 0) return null
  return bootAt + Math.min(...starts) * TICK_MS
}

/** USER_HZ is 100 on every architecture that runs containers (include/asm-generic/param.h). */
const TICK_MS = 10

/** What the living processes had resident at most; null where one of them does not tell. */
export function processPeakOf({ observations }: World): number | null {
  const peaks = ofKind(observations, 'process-state').map(({ fact }) => fact.peakRssBytes)
  const known = peaks.filter((bytes) => bytes !== null)
  if (known.length === 0 || known.length < peaks.length) return null
  return known.reduce((sum, bytes) => sum + bytes, 0)
}
