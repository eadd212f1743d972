/** The place of one worker: a process in its cage, started again whenever it ended, with one job at a time. */
import { setTimeout as pause } from 'node:timers/promises'
import type { RestartReason, WorkerView } from '../../model/scan-job.ts'
import type { TakenJob } from '../../store/scanner/job-types.ts'
import { carryOut } from './carry-out.ts'
import type { CarryOutOptions, JobEnd } from './carry-out.ts'
import { openLiving } from './living.ts'
import type { Living, LivingOptions } from './living.ts'
import { meaningOf } from './verdict.ts'
import type { EndedFor } from './verdict.ts'

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

interface Asked {
  for: Extract<EndedFor, 'manual' | 'config' | 'stop'>
  drainMs: number
}

export function openSlot(options: SlotOptions): Slot {
  const { name, pool, host, store, log, now } = options
  const wakes = new EventTarget()
  let asked: Asked | null = null
  let living: Living | null = null
  let state: WorkerView['state'] = 'starting'
  let job: string | null = null
  let restarts = 0
  let crashes = 0

  const isAsked = (): boolean => asked !== null
  const isStopping = (): boolean => asked?.for === 'stop'

  async function work(): Promise<void> {
    while (!isStopping()) {
      state = 'starting'
      const begun = now()
      const worker = openLiving(options)
      living = worker
      const end = await serveWith(worker)
      living = null
      worker.close()
      if (isStopping()) return
      asked = null
      if (end === null) continue
      restarts++
      await store.pools.restarted(pool, end)
      const isCrash = end === 'crash' && now() - begun < STEADY_MS
      crashes = isCrash ? crashes + 1 : 0
      if (crashes === 0) continue
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (crashes - 1))
      log(
        'warn',
        `worker ${name} crashed ${crashes} times, and begins again in ${waitMs / 1_000} s`,
        null,
      )
      state = 'waiting'
      await sleep(waitMs)
    }
  }

  /** Gives why the worker has to be started again; null: that is no event. */
  async function serveWith(worker: Living): Promise<RestartReason | null> {
    await worker.ready
    while (worker.isAlive()) {
      if (asked !== null) return endAsIs(worker, asked.for)
      state = 'idle'
      const taken = await take(worker)
      if (taken === null) {
        await Promise.race([sleep(POLL_MS), worker.ended])
        continue
      }
      state = 'busy'
      job = taken.job.id
      log('info', `job ${taken.job.id} of ${taken.job.image} begins as ${taken.attempt.mode}`, job)
      const end = await carryOut(taken, worker, { ...options, asked: () => asked })
      await options.settle(taken, end, worker)
      job = null
      if (end.kind === 'died') return meaningOf(end.seen).restart
    }
    const seen = await worker.seen(null)
    const { restart, says } = meaningOf(seen)
    log('error', `worker ${name}: ${says}`, null)
    return restart
  }

  async function endAsIs(worker: Living, why: Asked['for']): Promise<RestartReason | null> {
    state = 'draining'
    worker.kill()
    await worker.ended
    return why === 'stop' ? null : why
  }

  async function take(worker: Living): Promise<TakenJob | null> {
    try {
      const { limitBytes } = worker
      return await store.jobs.take(pool, { host, worker: name, limitBytes, startedAt: now() })
    } catch (error) {
      log(
        'error',
        `no job could be taken: ${error instanceof Error ? error.message : String(error)}`,
        null,
      )
      return null
    }
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
