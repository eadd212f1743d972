/** What is known a moment later: the engine's word, the last lines of the log, who was restarted. */
import { setTimeout as pause } from 'node:timers/promises'
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { collect } from '../../investigate/collect.ts'
import { investigate } from '../../investigate/investigate.ts'
import { SAME_END_MS } from '../../investigate/lives.ts'
import type { Case, VerdictCode } from '../../model/case.ts'
import { StellaError } from '../../model/errors.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import type { Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import type { Reader } from '../../sources/reader.ts'

export interface FollowUps {
  /** A kill that the kernel told of. */
  afterKill(kill: FollowedKill): void
  /** A container ended, and nobody has said why. */
  afterEnd(event: Observation<ContainerEvent>): void
  /** The counter of a group tells of kills, and nobody tells of them. */
  afterCount(path: string, at: Instant): void
  /** Resolves when all that was asked is done. */
  settled(): Promise<void>
}

export interface FollowedKill {
  incident: string
  engine: 'docker' | 'podman'
  containerId: string
  path: string | null
  found: Case
  /** What the kernel told. */
  told: readonly Observation[]
}

export interface FollowUpOptions {
  reader: Reader
  signal: AbortSignal
  /** What was seen of a group before. */
  earlier(path: string): readonly Observation[]
  onBetter(incident: string, better: Case): void
  onEnd(incident: string, found: Case): void
  /** It is told of an end of this container about then. */
  isTold(containerId: string, at: Instant): boolean
}

/** An engine notices the end of a container, and starts it again, within this time. */
const WAIT_MS = 1_200
/** Containers in line; in a storm each is told of by the kernel alone. */
const MAX_WAITING = 200
const SINCE_MS = 10 * 60_000

export function createFollowUps(options: FollowUpOptions): FollowUps {
  const { reader, signal } = options
  const tasks: { due: number; run(): Promise<void> }[] = []
  let running: Promise<void> | null = null

  function add(run: () => Promise<void>): void {
    if (tasks.length >= MAX_WAITING || signal.aborted) return
    tasks.push({ due: performance.now() + WAIT_MS, run })
    running ??= work()
  }

  async function work(): Promise<void> {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const wait = task.due - performance.now()
      if (wait > 0) await pause(wait, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) break
      await task.run()
    }
    running = null
  }

  async function casesOf(
    target: Target,
    path: string | null,
    told: readonly Observation[] | null,
  ): Promise<readonly Case[]> {
    try {
      const { world, target: found } = await collect(target, {
        reader,
        kernelLog: told === null ? null : { observations: told, unknown: [] },
        since: reader.now() - SINCE_MS,
        rollupMaxRssBytes: 0,
      })
      const before = path === null ? [] : options.earlier(path)
      const observations = [...world.observations, ...before]
      return investigate({ ...world, observations }, found, { all: true })
    } catch (error) {
      // It is gone: what was found at once has to do.
      if (error instanceof StellaError) return []
      throw error
    }
  }

  return {
    afterKill({ incident, engine, containerId, path, found, told }) {
      add(async () => {
        const cases = await casesOf({ kind: 'container', engine, name: containerId }, path, told)
        const better = cases.find((one) => isSameKill(one, found))
        if (better !== undefined) options.onBetter(incident, better)
      })
    },
    afterEnd({ fact, at }) {
      if (at === null) return
      const { engine, id } = fact
      add(async () => {
        if (options.isTold(id, at)) return
        const cases = await casesOf({ kind: 'container', engine, name: id }, null, null)
        const found = cases.findLast(
          (one) => one.at !== null && Math.abs(one.at - at) <= SAME_END_MS,
        )
        if (found === undefined || !IS_OURS.has(found.verdict.code)) return
        options.onEnd(`${engine}-${id.slice(0, 12)}-${at}`, found)
      })
    },
    afterCount(path, at) {
      const { containerId } = describeCgroupPath(path)
      add(async () => {
        if (containerId !== null && options.isTold(containerId, at)) return
        const cases = await casesOf({ kind: 'cgroup', path }, path, null)
        const found = cases.findLast(({ verdict }) => verdict.code.startsWith('oom-'))
        if (found === undefined) return
        // A counter has no time of its own.
        options.onEnd(`counter-${path}-${at}`, { ...found, at: found.at ?? at })
      })
    },
    settled: async () => void (await running),
  }
}

/** Ends that have to do with memory, or that pass for it: everybody takes a 137 for one. */
const IS_OURS: ReadonlySet<VerdictCode> = new Set([
  'oom-own-limit',
  'oom-ancestor-limit',
  'oom-nested-limit',
  'oom-host',
  'oom-numa',
  'oom-no-victim',
  'oom-userspace',
  'runtime-out-of-memory',
  'killed-not-memory',
  'killed-unknown',
])

/** Two looks at one kill. */
export function isSameKill(one: Case, found: Case): boolean {
  const victims = new Set(found.victims.map(({ pid }) => pid))
  if (!one.victims.some(({ pid }) => victims.has(pid))) return false
  return one.at === null || found.at === null || Math.abs(one.at - found.at) <= SAME_END_MS
}
