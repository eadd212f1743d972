/** One attempt at a job, from the order to its end. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { JobResult, LogLevel } from '../../model/scan-job.ts'
import type { AttemptMemory, ScannedLayer } from '../../model/scan-profile.ts'
import type { Instant } from '../../model/time.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'
import type { TakenJob } from '../../store/scanner/job-types.ts'
import { incrementalMode, layerDedup, scanTimeout } from '../settings/index.ts'
import type { Living } from './living.ts'
import { sampleMemory } from './memory-sampler.ts'
import type { LayersRead, ScanOrder } from './messages.ts'
import type { EndedFor, EndSeen } from './verdict.ts'

type End =
  | {
      kind: 'done'
      result: JobResult
      layers: readonly ScannedLayer[]
      /** The path of the packed SBOM. */
      document: string
    }
  | { kind: 'failed'; says: string; isFinal: boolean }
  | { kind: 'died'; seen: EndSeen }

export type JobEnd = End & { memory: AttemptMemory }

export interface CarryOutOptions {
  store: ScannerStore
  /** For files of a scan. */
  scratchFolder: string
  /** Where what is known of layers is kept; null: nowhere. */
  cacheFolder: string | null
  now(): Instant
  log(level: LogLevel, says: string, job: string | null): void
  /** Of a scan that is done. */
  onLayers?: ((layers: LayersRead) => void) | undefined
  /** Whether the worker is to end, and how long the job may still take. */
  asked(): { for: Extract<EndedFor, 'manual' | 'config' | 'stop'>; drainMs: number } | null
}

const WATCH_MS = 200
/** How often it is asked whether the job is still ours. */
const TOUCH_MS = 1_000

export async function carryOut(
  taken: TakenJob,
  worker: Living,
  options: CarryOutOptions,
): Promise<JobEnd> {
  const { job } = taken
  const set = await options.store.settings.all()
  const output = join(options.scratchFolder, `${job.id}-${taken.attempt.number}.gz`)
  const order: ScanOrder = {
    image: job.image,
    platform: job.platform,
    mode: taken.attempt.mode,
    isIncremental: incrementalMode.in(set),
    cacheFolder: layerDedup.in(set) && !job.readsAgain ? options.cacheFolder : null,
    scratchFolder: options.scratchFolder,
    output,
  }
  const guard = watchOver(taken, worker, options, job.timeoutMs ?? scanTimeout.in(set))
  const sampler = sampleMemory(worker, options.now)
  try {
    const told = new Promise<End>((resolve) => {
      worker.scan(order, (message) => {
        if (message.kind === 'log') options.log(message.level, message.says, job.id)
        else if (message.kind === 'phase') sampler.begin(message.phase)
        else if (message.kind === 'layers') sampler.layers(message.known)
        else if (message.kind === 'done') {
          const { result, layers } = message
          options.onLayers?.(countOf(layers))
          resolve({ kind: 'done', result, layers, document: output })
        } else if (message.kind === 'failed') resolve(message)
      })
    })
    const died = worker.ended.then(async (): Promise<End> => ({
      kind: 'died',
      seen: await worker.seen(guard.endedFor()),
    }))
    const end = await Promise.race([told, died])
    if (end.kind !== 'done') rmSync(output, { force: true })
    return { ...end, memory: sampler.finish(killedAtBytes(end, worker)) }
  } finally {
    guard.stop()
    sampler.stop()
  }
}

/** The limit at which the kernel killed it; null: it did not, or the limit was not its own. */
function killedAtBytes(end: End, { enforcedBy, limitBytes }: Living): number | null {
  const isKilled = end.kind === 'died' && end.seen.kernelKills > 0
  return isKilled && enforcedBy !== null ? limitBytes : null
}

function countOf(layers: readonly ScannedLayer[]): LayersRead {
  const hits = layers.filter(({ wasKnown }) => wasKnown).length
  return { hits, misses: layers.length - hits }
}

/** Ends the worker where the job takes too long, is not ours any more, or has more memory than it may. */
function watchOver(
  taken: TakenJob,
  worker: Living,
  { store, now, asked, log }: CarryOutOptions,
  timeoutMs: number,
): { endedFor(): EndedFor; stop(): void } {
  const begun = now()
  let endedFor: EndedFor = null
  let askedAt: Instant | null = null
  let touchedAt = begun

  function end(why: EndedFor): void {
    if (endedFor !== null) return
    endedFor = why
    worker.kill()
  }

  async function touch(): Promise<void> {
    try {
      if (!(await store.jobs.touch(taken))) end('cancelled')
    } catch (error) {
      // The database may answer again before anybody takes the job for lost.
      log('warn', `the job could not be told to go on: ${String(error)}`, taken.job.id)
    }
  }

  function look(): void {
    const at = now()
    const usage = worker.usageBytes()
    if (worker.enforcedBy === null && usage !== null && usage > worker.limitBytes) end('over-limit')
    if (at - begun > timeoutMs) end('timeout')
    const wanted = asked()
    if (wanted !== null) {
      askedAt ??= at
      if (at - askedAt >= wanted.drainMs) end(wanted.for)
    }
    if (at - touchedAt < TOUCH_MS) return
    touchedAt = at
    void touch()
  }

  const timer = setInterval(look, WATCH_MS)
  return { endedFor: () => endedFor, stop: () => clearInterval(timer) }
}
