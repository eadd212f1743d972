import { MIB } from '../../src/model/bytes.ts'
import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Sample, SeriesMark } from '../../src/model/series.ts'

/** Numbers that look like chance and are the same for each seed (mulberry32). */
export interface Chance {
  /** From 0 to 1. */
  next(): number
  between(low: number, high: number): number
  whole(low: number, high: number): number
  normal(): number
}

export function chance(seed: number): Chance {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => Math.floor(low + (high - low + 1) * next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

/** What a group holds at one moment, in bytes; a kernel would count it so. */
export interface Held {
  anon: number
  shmem?: number
  /** Page cache that the group would have if there were no limit. */
  file?: number
  kernel?: number
  sockets?: number
  load?: number | null
  processes?: number
  /** Reached between this sample and the one before. */
  between?: number
}

/** Memory of requests in work: it wanders about its mean and remembers the sample before. */
export function jitter(random: Chance, deviation: number): () => number {
  let value = 0
  return () => (value = 0.7 * value + Math.sqrt(1 - 0.49) * deviation * random.normal())
}

export const START = Date.UTC(2026, 2, 2, 8)
const DIRTY_SHARE = 0.02
/** How much of the page cache has been used more than once: `docker stats` counts it. */
const ACTIVE_SHARE = 0.6

/** A group that is read at even steps, and what its kernel would count. */
export interface Meter {
  readonly samples: Sample[]
  readonly marks: SeriesMark[]
  readonly limitBytes: number
  readonly stepSeconds: number
  /** Takes a sample; false: it was killed, for no reclaim helps where this much is held. */
  read(held: Held): boolean
  /** A new life, in a group of its own: its counters start at nothing. Some samples are missing meanwhile. */
  restart(mark: SeriesMark['kind'] | null, missing?: number): void
  /** A kill inside of the group, for a limit above it. */
  killFromAbove(): void
  /** Seconds since the first sample. */
  readonly now: number
}

export function meter(limitBytes: number, stepSeconds: number): Meter {
  const samples: Sample[] = []
  const marks: SeriesMark[] = []
  let tick = 0
  let [peak, hits, kills] = [0, 0, 0]
  const at = (): number => START + tick * stepSeconds * 1_000
  function read(held: Held): boolean {
    const { anon, shmem = 0, kernel = 0.02 * anon, sockets = 0 } = held
    const fixed = anon + shmem + kernel + sockets
    if (fixed > limitBytes || (held.between ?? 0) > limitBytes) {
      hits += 10
      return false
    }
    const file = Math.min(held.file ?? 6 * MIB, limitBytes - fixed)
    if (file < (held.file ?? 0)) hits += 5
    const usage = fixed + file
    peak = Math.min(limitBytes, Math.max(peak, usage, held.between ?? 0))
    samples.push({
      ...NO_SAMPLE,
      at: at(),
      usageBytes: usage,
      workingSetBytes: fixed + ACTIVE_SHARE * file,
      unreclaimableBytes: fixed + DIRTY_SHARE * file,
      anonBytes: anon,
      fileBytes: file,
      shmemBytes: shmem,
      kernelBytes: kernel,
      socketBytes: sockets,
      limitBytes,
      peakBytes: peak,
      limitHits: hits,
      oomKills: kills,
      processes: held.processes ?? 4,
      load: held.load ?? null,
    })
    tick++
    return true
  }
  return {
    samples,
    marks,
    limitBytes,
    stepSeconds,
    read,
    restart(mark, missing = 1) {
      const says = mark === 'kill' ? 'ran out of memory' : 'restarted'
      if (mark !== null) marks.push({ at: at() - stepSeconds * 500, kind: mark, says })
      tick += missing
      ;[peak, hits, kills] = [0, 0, 0]
    },
    killFromAbove: () => void kills++,
    get now() {
      return tick * stepSeconds
    },
  }
}
