import { GIB } from '../../model/bytes.ts'
import type { World } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { StreamFormat } from '../../parsers/format.ts'
import { kernelLog } from '../../parsers/kernel-log/index.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { Engine } from '../../sources/docker/engine.ts'
import { engines } from '../../sources/docker/index.ts'
import { readKernelLog } from '../../sources/kernel/index.ts'
import { hostReader } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'

export interface CollectOptions {
  reader: Reader
  /** How far back to look; null: as far as each source reaches without searching archives. */
  since: Instant | null
  sourceTimeoutMs: number
  totalTimeoutMs: number
  /** Text of logs that is read per source. */
  maxLogBytes: number
  kernelLogFormat: StreamFormat
  /** What the kernel log tells of it, where somebody has read it already; null: it is read. */
  kernelLog: World | null
  /** What is now is enough: neither the kernel log nor an engine's events and logs are read. */
  presentOnly: boolean
  /** Resident memory whose page tables are walked for the shares of processes, all together: some 40 ms for each GiB. */
  rollupMaxRssBytes: number
}

/** One collection under way: what it may use, and when it must be over. */
export class Gathering {
  readonly reader: Reader
  readonly since: Instant | null
  readonly hierarchy: MemoryHierarchy | null
  readonly presentOnly: boolean
  readonly rollupMaxRssBytes: number
  readonly #options: CollectOptions
  readonly #whole: AbortController
  readonly #timer: NodeJS.Timeout

  constructor(options: Partial<CollectOptions>) {
    this.#options = {
      reader: hostReader(),
      since: null,
      sourceTimeoutMs: 5_000,
      totalTimeoutMs: 10_000,
      maxLogBytes: 64 * 1024 * 1024,
      kernelLogFormat: kernelLog,
      kernelLog: null,
      presentOnly: false,
      rollupMaxRssBytes: 4 * GIB,
      ...options,
    }
    this.reader = this.#options.reader
    this.since = this.#options.since
    this.presentOnly = this.#options.presentOnly
    this.rollupMaxRssBytes = this.#options.rollupMaxRssBytes
    this.hierarchy = findMemoryHierarchy(this.reader)
    this.#whole = new AbortController()
    this.#timer = setTimeout(() => this.#whole.abort(), this.#options.totalTimeoutMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  engines(name: 'docker' | 'podman'): Engine[] {
    return engines(this.reader, name)
  }

  /** Asks one source, and goes on without it where it does not answer in time. */
  async ask(what: string, work: (signal: AbortSignal) => Promise<World>): Promise<World> {
    const { signal, over, clear } = this.#deadline()
    const late: World = { observations: [], unknown: [`${what} did not answer in time`] }
    try {
      return await Promise.race([work(signal), over.then(() => late)])
    } finally {
      clear()
    }
  }

  /** A signal for one call to a source. */
  callSignal(): AbortSignal {
    return AbortSignal.any([this.#whole.signal, AbortSignal.timeout(this.#options.sourceTimeoutMs)])
  }

  /**
   * The kernel log from `hoped` on. A gap after `needed` is told as unknown, one before it is none. What the user asked for
   * goes before both.
   */
  kernelLog(hoped: Instant | null, needed: Instant | null): Promise<World> {
    if (this.presentOnly) return Promise.resolve({ observations: [], unknown: [] })
    const { kernelLogFormat, maxLogBytes, kernelLog: known } = this.#options
    if (known !== null) return Promise.resolve(known)
    const since = this.since ?? hoped
    const neededSince = this.since ?? needed
    return this.ask('the kernel log', (signal) =>
      readKernelLog(this.reader, kernelLogFormat, {
        since,
        neededSince,
        signal,
        maxBytes: maxLogBytes,
      }),
    )
  }

  #deadline(): { signal: AbortSignal; over: Promise<void>; clear: () => void } {
    const own = new AbortController()
    const timer = setTimeout(() => own.abort(), this.#options.sourceTimeoutMs)
    const signal = AbortSignal.any([own.signal, this.#whole.signal])
    const { promise: over, resolve } = Promise.withResolvers<void>()
    // The source is told to stop at the signal; it has a moment to hand over what it has.
    const end = (): void => void setTimeout(resolve, GRACE_MS).unref()
    signal.addEventListener('abort', end, { once: true })
    return {
      signal,
      over,
      clear() {
        clearTimeout(timer)
        // Node keeps a signal that is made of others for as long as somebody listens to it.
        signal.removeEventListener('abort', end)
      },
    }
  }
}

const GRACE_MS = 200
