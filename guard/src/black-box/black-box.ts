import { hostname } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { MemoryGuard } from '../guard.ts'
import { TIERS } from '../tiers.ts'
import { END_REASONS, sharedMemory, SIGNAL, writeFigures } from './shared.ts'
import type { EndReason } from './shared.ts'
import type { ThreadData } from './thread.ts'

export interface BlackBoxOptions {
  /** Where it is written: on a volume, or wherever the file outlives the process. */
  file: string
  /** What the service is called. */
  service?: string
}

export interface BlackBox {
  /** Takes in what only the main thread knows, and when it will look again. */
  tell(guard: MemoryGuard, pauseMs: number): void
  /** Writes the last record, with why it is the last, and waits for it a moment. */
  end(reason: EndReason): void
}

const OWN_FILE = fileURLToPath(import.meta.url)
/** Beside this file, as source or as what was built. */
const THREAD = new URL(`./thread${extname(OWN_FILE)}`, import.meta.url)
/** For a thread that writes small records; else it would be as large as the main one. */
const HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }
const LONGEST_END_MS = 200

/** Starts to record. A file that cannot be written is a warning: no service shall fail for want of its black box. */
export function openBlackBox({ file, service = '' }: BlackBoxOptions, root: string): BlackBox {
  const shared = sharedMemory()
  const signal = new Int32Array(shared.signal)
  const figures = new Float64Array(shared.figures)
  const workerData: ThreadData = { file, root, host: hostname(), service, shared }
  const thread = new Worker(THREAD, { workerData, execArgv: [], resourceLimits: HEAP })
  let isRecording = true
  thread.on('error', ({ message }) => {
    isRecording = false
    process.emitWarning(`the black box ${file} is not written: ${message}`, {
      code: 'STELLA_GUARD_BLACK_BOX',
      detail: 'Give a file in a folder that the service may write to.',
    })
  })
  thread.unref()
  return {
    tell(guard, pauseMs) {
      const { heapUsedBytes: heapBytes, heapLimitBytes } = guard.sample
      writeFigures(figures, {
        tier: TIERS.indexOf(guard.tier),
        heapBytes,
        heapLimitBytes,
        inFlight: guard.inFlight,
        reservedBytes: guard.reservedBytes,
        dueMs: Date.now() + pauseMs,
      })
    },
    end(reason) {
      if (!isRecording || Atomics.load(signal, 0) !== SIGNAL.goOn) return
      Atomics.store(signal, 1, END_REASONS.indexOf(reason))
      Atomics.store(signal, 0, SIGNAL.end)
      Atomics.notify(signal, 0)
      Atomics.wait(signal, 0, SIGNAL.end, LONGEST_END_MS)
    },
  }
}
