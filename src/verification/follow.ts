/** Follows a subject through its window, and judges it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../model/evidence.ts'
import type { FixRecord } from '../model/fix.ts'
import type { Target } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import type { Reader } from '../sources/reader.ts'
import { growthSeen } from './growth-seen.ts'
import { judgeFix } from './judge.ts'
import type { VerificationJudgement } from './judge.ts'
import { hostBytesIn, lookAt } from './look.ts'
import type { Probe } from './probe.ts'
import { runProbe } from './probe.ts'
import type { Look, ProbeAnswer, Seen } from './seen.ts'
import { heardSince, troublesIn } from './troubles.ts'
import type { Since } from './troubles.ts'

export interface VerificationOrder {
  target: Target
  /** Null: no fix of it is known, and the window begins now. */
  fix: FixRecord | null
  windowMs: number
  /** Answer with what is known at once. */
  now: boolean
  probe: Probe | null
}

export interface Verification extends VerificationJudgement {
  since: Instant
  until: Instant
}

export interface Following {
  reader: Reader
  signal: AbortSignal
  /** Asks for the present state alone, or for all that was told since a time. */
  read(target: Target, since: Instant | null): Promise<World>
  /** After each look. */
  onProgress(progress: { since: Instant; until: Instant; at: Instant }): void
}

/** Looks in one window; longer windows are looked at more seldom. */
const LOOKS = 1_000
const SHORTEST_PAUSE_MS = 1_000

/**
 * Judges at once, then again with every look until the window is over. Ends early where a check fails.
 *
 * @throws StellaError 3 where the subject cannot be found at the first look; one that goes away later has failed
 */
export async function followFix(
  order: VerificationOrder,
  { reader, signal, read, onProgress }: Following,
): Promise<Verification> {
  const { target, fix, windowMs } = order
  const beganAt = reader.now()
  const look = async (world: World): Promise<Look> =>
    lookAt(
      world,
      { target, fixTarget: fix?.plan.target ?? null, change: fix?.change ?? null },
      reader,
    )

  const world = await read(target, fix?.appliedAt ?? beganAt)
  const first = await look(world)
  const since = windowStart(fix, first, beganAt)
  const until = since + windowMs
  // Killed under the old limit is nothing against a change that was not in force yet.
  const kills = fix === null || fix.plan.method === 'file' ? since : (fix.appliedAt ?? since)
  const counted = { kills, ends: since }
  let seen: Seen = {
    fix: fixUnderTest(fix),
    since,
    until,
    looks: [first],
    troubles: troublesIn(world, target, counted),
    heard: heardSince(world, kills),
    hostBytes: hostBytesIn(world),
    isMachine: target.kind === 'host',
    growth: null,
    probe: null,
  }
  const between = Math.max(SHORTEST_PAUSE_MS, windowMs / LOOKS)
  for (let at = first.at; ; at = seen.looks.at(-1)?.at ?? until) {
    onProgress({ since, until, at })
    const fails = judgeFix(seen).result === 'fails'
    if (fails || order.now || at >= until || signal.aborted) break
    await pause(Math.min(between, Math.max(0, until - at)), undefined, { signal }).catch(() => null)
    const present = await read(target, null).catch(() => null)
    const next = present === null ? gone(seen, reader.now()) : await look(present)
    seen = { ...seen, looks: [...seen.looks, next] }
  }
  seen = { ...seen, ...(await lastWords(order, seen, counted, { reader, read })) }
  return { ...judgeFix(seen), since, until }
}

/**
 * Nothing before the change counts. What does not start its workload by itself (a file, a group around it, the kernel's
 * settings) is tried by the first start after it.
 */
function windowStart(fix: FixRecord | null, first: Look, now: Instant): Instant {
  const appliedAt = fix?.appliedAt ?? null
  if (fix === null || appliedAt === null) return now
  const { startedAt, restartCount } = first
  const startsNothing =
    fix.plan.method === 'file' || ['unit', 'cgroup', 'host'].includes(fix.plan.target.kind)
  const isFirst = startedAt !== null && startedAt > appliedAt && (restartCount ?? 0) === 0
  return startsNothing && isFirst ? startedAt : appliedAt
}

function fixUnderTest(fix: FixRecord | null): Seen['fix'] {
  if (fix === null) return null
  const { change, plan, at } = fix
  return { change, method: plan.method, workload: plan.workload, at }
}

/** It was there, and cannot be found any more. */
function gone(seen: Seen, at: Instant): Look {
  const last = seen.looks.at(-1) ?? seen.looks[0]
  return { ...last, at, running: false, sample: null }
}

/** What only the end can tell: the logs of the whole window, the growth in it, and whether the workload answers. */
async function lastWords(
  { target, probe }: VerificationOrder,
  seen: Seen,
  counted: Since,
  { reader, read }: Pick<Following, 'reader' | 'read'>,
): Promise<Pick<Seen, 'troubles' | 'heard' | 'growth' | 'probe'>> {
  const growth = growthSeen(seen.looks)
  const told = seen.looks.length === 1 ? null : await read(target, counted.kills).catch(() => null)
  const isOver = judgeFix(seen).result === 'fails'
  const answer: ProbeAnswer | null = probe === null || isOver ? null : await runProbe(probe, reader)
  return {
    troubles: told === null ? seen.troubles : troublesIn(told, target, counted),
    heard: told === null ? seen.heard : heardSince(told, counted.kills),
    growth,
    probe: answer,
  }
}
