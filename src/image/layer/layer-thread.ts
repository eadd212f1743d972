/** A thread that reads layers beside this one. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { JobResult, LayerJob } from './job.ts'
import { LayerError } from './layer-error.ts'
import type { FromThread, ToThread } from './thread.ts'

export interface LayerThread {
  /**
   * One job at a time.
   *
   * @throws LayerError as the job does, and where the thread runs out of memory; errors of `chunks` as they are
   */
  run(job: LayerJob, chunks: AsyncIterable<Uint8Array> | null): Promise<JobResult>
  end(): Promise<void>
}

/** The thread's program, seen from the bundle and from the sources. */
const PROGRAMS = ['./layer-thread.js', './thread.ts']
/** Of JavaScript objects; the bytes of layers lie outside, and are bounded by what is in flight. */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 2 }
/** Chunks on their way to a thread. */
const MAX_IN_FLIGHT = 4
const CHUNK_BYTES = 256 * 1024

export function startThread(): LayerThread {
  const paths = PROGRAMS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const worker = new Worker(paths.find((path) => existsSync(path)) ?? '', {
    resourceLimits: LIMITS,
  })
  let take: (message: FromThread) => void = () => {}
  let fail: (error: Error) => void = () => {}
  worker.on('message', (message: FromThread) => take(message))
  worker.on('error', (error) => fail(error))
  const tell = (message: ToThread, handedOver: ArrayBuffer[] = []): void =>
    worker.postMessage(message, handedOver)

  async function run(job: LayerJob, chunks: AsyncIterable<Uint8Array> | null): Promise<JobResult> {
    let inFlight = 0
    let room: (() => void) | null = null
    let isOver = false
    const done = new Promise<JobResult>((resolve, reject) => {
      fail = (error) => reject(asLayerError(error))
      take = (message) => {
        if (message.kind === 'done') resolve(message.result)
        else if (message.kind === 'failed') reject(asError(message))
        else {
          inFlight--
          room?.()
        }
      }
    }).finally(() => {
      isOver = true
      room?.()
    })
    tell({ kind: 'job', job })
    const feeding = chunks === null ? Promise.resolve() : feed(chunks)
    // The cause is the one that read the chunks, where it failed; the thread only misses them.
    const [fed, ended] = await Promise.allSettled([feeding, done])
    if (fed.status === 'rejected') throw fed.reason
    if (ended.status === 'rejected') throw ended.reason
    return ended.value

    /** Resolves at once where there is room, or nobody takes any more. */
    function roomForOne(): Promise<void> | null {
      if (isOver || inFlight < MAX_IN_FLIGHT) return null
      return new Promise((resolve) => {
        room = resolve
      })
    }

    async function feed(from: AsyncIterable<Uint8Array>): Promise<void> {
      try {
        for await (const bytes of gathered(from)) {
          await roomForOne()
          if (isOver) return
          inFlight++
          tell({ kind: 'chunk', bytes }, [bytes.buffer])
        }
        tell({ kind: 'end' })
      } catch (error) {
        tell({ kind: 'broken' })
        throw error
      }
    }
  }

  return {
    run,
    async end() {
      await worker.terminate()
    },
  }
}

/** Copies small chunks together, into memory that can be handed over. */
async function* gathered(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let held = new Uint8Array(CHUNK_BYTES)
  let filled = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + CHUNK_BYTES - filled)
      held.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < CHUNK_BYTES) continue
      yield held
      held = new Uint8Array(CHUNK_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield held.slice(0, filled)
}

function asError({ says, layer }: Extract<FromThread, { kind: 'failed' }>): Error {
  return layer === null ? new Error(says) : new LayerError(says, layer.offset, layer)
}

function asLayerError(error: Error): Error {
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (!isMemory) return error
  return new LayerError('needs more memory than a thread may have', null, { cause: error })
}
