/** The place of one worker: a process in its cage, started again whenever it ended, with one job at a time. */
import { statfsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { formatBytes, MIB } from '../../model/bytes.ts'
import type { RestartReason, WorkerEnding, WorkerView } from '../../model/scan-job.ts'
import { errorMessage } from '../../model/error-message.ts'
import type { TakenJob } from '../../store/scanner/job-types.ts'
import { afterGone } from '../retry.ts'
import { carryOut } from './carry-out.ts'
import type { CarryOutOptions, JobEnd } from './carry-out.ts'
import { openLiving } from './living.ts'
import type { Living, LivingOptions } from './living.ts'
import { persistently } from './persistently.ts'
import { endingOf, meaningOf } from './verdict.ts'
import type { EndSeen } from './verdict.ts'

export interface SlotOptions extends LivingOptions, Omit<CarryOutOptions, 'asked'> {
  /** `large-images-2`. */
  name: string
  pool: string
  host: string
  /** Where an attempt leads. */
  settle(taken: TakenJob, end: JobEnd, living: Living): Promise<void>
}

export interface Slot {
  readonly name: string
  view(): WorkerView
  /** There may be something to do. */
  wake(): void
  /** The job may go on for a while, and is then given to another. Resolves when the process is gone. */
  restart(reason: Extract<RestartReason, 'manual' | 'config'>, drainMs: number): void
  stop(drainMs: number): Promise<void>
}

const POLL_MS = 1_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A worker that lived so long has not crashed at once. */
const STEADY_MS = 60_000

/** For the files of a small scan, and what the database writes of it. */
const LEAST_ROOM_BYTES = 16 * MIB

interface Asked {
  for: 'manual' | 'config' | 'stop'
  drainMs: number
}

function reasonOf(
  seen: EndSeen,
  isIdle: boolean,
): { reason: RestartReason; isIdle: boolean } | null {
  const { restart } = meaningOf(seen)
  return restart === null ? null : { reason: restart, isIdle }
}

export function openSlot(options: SlotOptions): Slot {
  const { name, pool, host, store, log, now } = options
  const wakes = new EventTarget()
  let asked: Asked | null = null
  let living: Living | null = null
  let state: WorkerView['state'] = 'starting'
  let job: string | null = null
  let restarts = 0
  let lastEnd: WorkerEnding | null = null
  /** One after the other, that make another one look hopeless. */
  let deaths = 0
  let wasFull = false
  /** Why no job could be taken; it is said once. */
  let trouble: string | null = null

  const isAsked = (): boolean => asked !== null
  const isStopping = (): boolean => asked?.for === 'stop'

  async function work(): Promise<void> {
    while (!isStopping()) {
      const begun = now()
      const end = await serveOnce().catch(explained)
      if (isStopping()) return
      asked = null
      if (end === null) continue
      restarts++
      await store.pools.restarted(pool, end.reason).catch(explained)
      // One that dies at once, or with nothing to do, would do so again and again.
      const isHopeless = end.isIdle || (end.reason === 'crash' && now() - begun < STEADY_MS)
      deaths = isHopeless ? deaths + 1 : 0
      if (deaths > 0) await waitAfter(deaths)
    }
  }

  /** One life of a worker; null: that it ended is no event. */
  async function serveOnce(): Promise<{ reason: RestartReason; isIdle: boolean } | null> {
    state = 'starting'
    const worker = openLiving(options)
    living = worker
    try {
      await worker.ready
      while (worker.isAlive()) {
        if (asked !== null) return await endAsIs(worker, asked.for)
        state = 'idle'
        const taken = await take(worker)
        if (taken === null) {
          await Promise.race([sleep(POLL_MS), worker.ended])
          continue
        }
        const died = await doJob(taken, worker)
        if (died !== null) return ended(died, false)
      }
      const seen = await worker.seen(null)
      log('error', `worker ${name}: ${meaningOf(seen).says}`, null)
      return ended(seen, true)
    } finally {
      worker.kill()
      await worker.ended
      living = null
      job = null
      worker.close()
    }
  }

  function ended(seen: EndSeen, isIdle: boolean): ReturnType<typeof reasonOf> {
    lastEnd = endingOf(seen, now())
    return reasonOf(seen, isIdle)
  }

  /** Gives how the worker ended, where it did not survive the job. */
  async function doJob(taken: TakenJob, worker: Living): Promise<EndSeen | null> {
    state = 'busy'
    job = taken.job.id
    log('info', `job ${job} of ${taken.job.image} begins as ${taken.attempt.mode}`, job)
    const end = await carryOut(taken, worker, { ...options, asked: () => asked })
    await persistently(
      () => options.settle(taken, end, worker),
      (says) =>
        log('error', `what became of job ${taken.job.id} could not be written: ${says}`, job),
    )
    job = null
    return end.kind === 'died' ? end.seen : null
  }

  /** What goes wrong here is no reason to end with it. */
  async function explained(error: unknown): Promise<null> {
    log('error', `worker ${name}: ${errorMessage(error)}`, null)
    await waitAfter(++deaths)
    return null
  }

  async function waitAfter(times: number): Promise<void> {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (times - 1))
    log('warn', `worker ${name} begins again in ${waitMs / 1_000} s`, null)
    state = 'waiting'
    await sleep(waitMs)
  }

  async function endAsIs(
    worker: Living,
    why: Asked['for'],
  ): Promise<{ reason: RestartReason; isIdle: boolean } | null> {
    state = 'draining'
    worker.kill()
    lastEnd = endingOf(await worker.seen(why), now())
    return why === 'stop' ? null : { reason: why, isIdle: false }
  }

  async function take(worker: Living): Promise<TakenJob | null> {
    try {
      if (!hasRoom()) return null
      const { limitBytes } = worker
      const by = { host, worker: name, limitBytes, startedAt: now(), afterGone }
      const taken = await store.jobs.take(pool, by)
      trouble = null
      return taken
    } catch (error) {
      const why = errorMessage(error)
      if (why !== trouble) log('error', `no job could be taken: ${why}`, null)
      trouble = why
      return null
    }
  }

  /** A job that is begun on a full disk fails, and says nothing of its image. */
  function hasRoom(): boolean {
    const { bavail, bsize } = statfsSync(options.scratchFolder)
    const isFull = bavail * bsize < LEAST_ROOM_BYTES
    if (isFull && !wasFull) {
      const least = formatBytes(LEAST_ROOM_BYTES)
      log('error', `no job is taken until ${options.scratchFolder} has ${least} of room`, null)
    }
    wasFull = isFull
    return !isFull
  }

  /** Until somebody wakes it. */
  async function sleep(ms: number): Promise<void> {
    if (isAsked()) return
    const stop = new AbortController()
    wakes.addEventListener('wake', () => stop.abort(), { once: true, signal: stop.signal })
    await pause(ms, undefined, { signal: stop.signal }).catch(() => undefined)
    stop.abort()
  }

  const wake = (): void => void wakes.dispatchEvent(new Event('wake'))
  const done = work()
  return {
    name,
    view: () => ({
      name,
      pool,
      host,
      pid: living?.pid ?? null,
      state: asked !== null && state === 'busy' ? 'draining' : state,
      job,
      enforcedBy: living?.enforcedBy ?? null,
      limitBytes: living?.limitBytes ?? options.limitBytes(),
      usageBytes: living?.usageBytes() ?? null,
      peakBytes: living?.peakBytes() ?? null,
      restarts,
      lastEnd,
      seenAt: now(),
    }),
    wake,
    restart(reason, drainMs) {
      if (!isStopping()) asked = { for: reason, drainMs }
      wake()
    },
    stop(drainMs) {
      asked = { for: 'stop', drainMs }
      wake()
      return done
    },
  }
}
