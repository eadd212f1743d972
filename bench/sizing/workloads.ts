import { MIB } from '../../src/model/bytes.ts'

/** A workload that is made up: what it needs and how much page cache it has, every so many seconds. */
export interface Workload {
  name: string
  stepSeconds: number
  needBytes: Float64Array
  /** Page cache that is in use, and so counts in the working set. */
  activeCacheBytes: Float64Array
  /** The limit under which its first half ran; it is killed where it needs more. */
  limitBytes: number
}

const STEP_SECONDS = 10
const DAY = 86_400 / STEP_SECONDS
const DAYS = 28

type Random = () => number

/** A generator with a seed (mulberry32), so that a run can be repeated. */
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** In MiB at one step; `day` counts in fractions. */
type Level = (day: number, step: number) => number

interface Shape {
  name: string
  need(random: Random): Level
  cache?: (random: Random) => Level
  limitMib?: number
}

/** Noise that remembers, in MiB. */
function drift(random: Random, size: number): () => number {
  let now = 0
  return () => (now = now * 0.995 + (random() - 0.5) * size * 0.2)
}

/** Something that lasts for so many seconds, about so many times a day, with a height between two. */
function events(random: Random, perDay: number, seconds: number, low: number, high: number): Level {
  let until = -1
  let height = 0
  return (_, step) => {
    if (step > until && random() < perDay / DAY) {
      until = step + seconds / STEP_SECONDS
      height = low + random() * (high - low)
    }
    return step <= until ? height : 0
  }
}

const wave = (day: number): number => (1 - Math.cos(2 * Math.PI * day)) / 2

const SHAPES: readonly Shape[] = [
  {
    name: 'web, day and night',
    need: (random) => {
      const noise = drift(random, 4)
      return (day) => 160 + 70 * wave(day) + noise()
    },
    cache: () => () => 25,
  },
  {
    name: 'files in page cache',
    need: (random) => {
      const noise = drift(random, 3)
      return () => 130 + noise()
    },
    cache: () => (day) => Math.min(380, 40 + day * 60),
  },
  {
    name: 'nightly job',
    need: (random) => {
      const noise = drift(random, 3)
      return (day) => 150 + noise() + (day % 1 > 0.125 && day % 1 < 0.14 ? 240 + 25 * random() : 0)
    },
    cache: () => (day) => (day % 1 > 0.125 && day % 1 < 0.2 ? 150 : 30),
  },
  {
    name: 'short bursts',
    need: (random) => {
      const burst = events(random, 6, 20, 80, 190)
      const noise = drift(random, 3)
      return (day, step) => 200 + noise() + burst(day, step)
    },
  },
  {
    name: 'garbage collector',
    need: (random) => {
      const noise = drift(random, 6)
      return (_, step) => 260 + ((step % 37) / 37) * 140 + noise()
    },
    cache: () => () => 20,
  },
  {
    name: 'cache that fills',
    need: (random) => {
      const noise = drift(random, 3)
      return (day) => 120 + 330 * (1 - Math.exp(-day / 1.5)) + noise()
    },
  },
  {
    name: 'heavier since a week',
    need: (random) => {
      const noise = drift(random, 4)
      return (day) => (day < 7 ? 180 : 250) + 20 * wave(day) + noise()
    },
    cache: () => () => 40,
  },
  {
    name: 'killed now and then',
    need: (random) => {
      const peak = events(random, 0.5, 120, 60, 110)
      const noise = drift(random, 3)
      return (day, step) => 180 + noise() + peak(day, step)
    },
    limitMib: 256,
  },
  {
    name: 'weekly report',
    need: (random) => {
      const noise = drift(random, 3)
      return (day) => 140 + noise() + (day % 7 > 5.4 && day % 7 < 5.5 ? 200 + 20 * random() : 0)
    },
    cache: () => (day) => (day % 7 > 5.4 && day % 7 < 5.9 ? 260 : 60),
  },
  {
    name: 'tmpfs and a little heap',
    need: (random) => {
      const files = events(random, 40, 300, 20, 60)
      const noise = drift(random, 2)
      return (day, step) => 70 + noise() + files(day, step)
    },
    cache: () => () => 90,
  },
]

/** The made-up workloads, four weeks each. */
export function syntheticWorkloads(seed: number): Workload[] {
  return SHAPES.map(({ name, need, cache, limitMib }, index) => {
    const random = randomFrom(seed * 1_000 + index)
    const needAt = need(random)
    const cacheAt = cache?.(random)
    const count = DAYS * DAY
    const needBytes = new Float64Array(count)
    const activeCacheBytes = new Float64Array(count)
    for (let step = 0; step < count; step++) {
      needBytes[step] = Math.max(0, needAt(step / DAY, step)) * MIB
      activeCacheBytes[step] = (cacheAt?.(step / DAY, step) ?? 0) * MIB
    }
    return {
      name,
      stepSeconds: STEP_SECONDS,
      needBytes,
      activeCacheBytes,
      limitBytes: (limitMib ?? 1_024) * MIB,
    }
  })
}
