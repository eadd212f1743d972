import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Series } from '../../src/model/series.ts'
import {
  leak,
  leakAfterWarmUp,
  leakByRequests,
  leakWithGarbage,
  restartLoop,
  slab,
  slowPeers,
  tmpfs,
} from './series-corpus-leaks.ts'
import { START, jitter } from './series-corpus-physics.ts'
import type { Held } from './series-corpus-physics.ts'
import { ending, garbage, live, setting } from './series-corpus-shape.ts'
import type { Shape } from './series-corpus-shape.ts'

const garbageCollector: Shape = {
  kinds: ['sawtooth'],
  diagnoses: [null],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const threshold = hit ? 0.93 * group.limitBytes - 1.1 * base : base * random.between(0.4, 1.2)
    const teeth = garbage(random, threshold * 0.92)
    live(group, count, () => ({
      anon: Math.min(0.96 * group.limitBytes, base + teeth() + noise()),
    }))
    return { meter: group }
  },
}

/** Fast at first, and ever more slowly towards what there is at most. */
const warmUp: Shape = {
  kinds: ['warm-up'],
  diagnoses: [null, 'undersized'],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const rise =
      (hit ? random.between(1.05, 1.2) : random.between(0.5, 0.8)) * group.limitBytes - base
    const lives = hit ? random.whole(3, 5) : 1
    const tau = (count / lives) * random.between(0.08, 0.3)
    for (let life = 0; life < lives; life++) {
      group.restart(life === 0 ? 'start' : 'kill', life === 0 ? 0 : 1)
      live(group, count, (index) => ({
        anon: base + rise * (1 - Math.exp(-index / tau)) + noise(),
      }))
    }
    return { meter: group }
  },
}

const pageCache: Shape = {
  kinds: ['cache'],
  diagnoses: ['page-cache', null],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const size = ending(random, group.limitBytes, hit) - base
    live(group, count, (index) => ({ anon: base + noise(), file: (size * index) / count }))
    return { meter: group }
  },
}

/** Some requests, now and then, that are far larger than the others. */
const burst: Shape = {
  kinds: ['burst'],
  diagnoses: ['burst'],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const most = 0.9 * group.limitBytes - base
    let [left, size] = [0, 0]
    const held = (): Held => {
      if (left-- <= 0 && random.next() < 6 / count)
        [left, size] = [random.whole(1, 4), Math.min(most, base * random.between(0.9, 2.5))]
      return { anon: base + noise() + (left >= 0 ? size : 0) }
    }
    live(group, count, held)
    group.read({ anon: base + Math.min(most, 1.5 * base) })
    live(group, 20, () => ({ anon: base + noise() }))
    if (hit) group.restart('kill', 0)
    return { meter: group }
  },
}

const workers: Shape = {
  kinds: ['concurrency'],
  diagnoses: ['concurrency'],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const most = random.whole(8, 30)
    const unit = (group.limitBytes * (hit ? 1.06 : 0.8) - base) / most / 1.02
    let at = random.whole(1, 4)
    const held = (index: number): Held => {
      const wanted = 1 + ((most - 1) * (1 - Math.cos((4 * Math.PI * index) / count))) / 2
      if (random.next() < 0.08)
        at = Math.max(1, Math.min(most, Math.round(wanted + random.normal())))
      return {
        anon: base + unit * at * random.between(0.98, 1.02) + noise(),
        load: at,
        processes: at + 1,
      }
    }
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}

/** A child shares all pages of its parent, and each page that is written meanwhile is there twice. */
const snapshots: Shape = {
  kinds: ['burst'],
  diagnoses: ['fork-copy-on-write'],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random, [2, 10])
    const copied = Math.min(
      hit ? 0.95 * group.limitBytes - base : 0.8 * group.limitBytes - base,
      base * random.between(0.6, 0.95),
    )
    const every = random.whole(60, 150)
    const lasts = random.whole(4, 15)
    const processes = new Map<number, Series['samples'][number][]>()
    for (let index = 0; index < count; index++) {
      const since = index % every
      const forked = index >= every && since < lasts
      const extra = forked ? (copied * (since + 1)) / lasts : 0
      const at = START + group.now * 1_000
      const add = (pid: number, bytes: number): void => {
        processes.set(pid, [
          ...(processes.get(pid) ?? []),
          { ...NO_SAMPLE, at, usageBytes: bytes, anonBytes: bytes },
        ])
      }
      add(100, base)
      if (forked) add(1_000 + Math.floor(index / every), base)
      group.read({ anon: base + extra + noise(), processes: forked ? 2 : 1 })
    }
    return {
      meter: group,
      processes: [...processes].map(([pid, samples]) => ({
        subject: 'process',
        name: 'redis-server',
        process: { pid, startedAt: samples[0]?.at ?? 0 },
        samples,
        marks: [],
      })),
    }
  },
}

/** Follows the day of its users. */
const diurnal: Shape = {
  kinds: ['steady', 'concurrency'],
  diagnoses: [null, 'concurrency', 'undersized'],
  endless: false,
  make(random, hit) {
    const { group, base, noise } = setting(random)
    const days = random.between(1.2, 4)
    const count = Math.min(4_000, Math.round((days * 86_400) / group.stepSeconds))
    const amplitude = (hit ? 0.93 : random.between(0.5, 0.7)) * group.limitBytes - base * 1.1
    const phase = random.between(0, 1)
    const told = random.next() < 0.5
    live(group, count, (index) => {
      const day = ((index * group.stepSeconds) / 86_400 + phase) % 1
      const users = ((1 - Math.cos(2 * Math.PI * day)) / 2) ** 1.5
      return {
        anon: base + amplitude * users * random.between(0.98, 1.02) + noise(),
        load: told ? Math.round(400 * users) : null,
      }
    })
    return { meter: group }
  },
}

const deployShift: Shape = {
  kinds: ['step', 'steady'],
  diagnoses: [null],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const shift = hit ? 0.8 * group.limitBytes - base : base * random.between(0.3, 0.9)
    const at = count * random.between(0.3, 0.6)
    const told = random.next() < 0.5
    live(group, Math.round(at), () => ({ anon: base + noise() }))
    if (told) group.restart('change', 1)
    live(group, Math.round(count - at), () => ({ anon: base + shift + noise() }))
    return { meter: group }
  },
}

/** Wanders without aim, and is held together only loosely. */
const wandering: Shape = {
  kinds: ['steady', 'unknown', 'step', 'burst'],
  diagnoses: [null, 'undersized', 'burst'],
  endless: false,
  make(random, hit) {
    const { group, count, base } = setting(random)
    const middle = hit ? 0.75 * group.limitBytes : 1.5 * base
    const step = middle * random.between(0.002, 0.012)
    let value = middle
    live(group, count, () => {
      value += step * random.normal() - (value - middle) / (count / 3)
      return { anon: Math.min(0.95 * group.limitBytes, Math.max(0.2 * middle, value)) }
    })
    return { meter: group }
  },
}

/** The allocator keeps what the busiest moment needed. */
const retention: Shape = {
  kinds: ['step', 'steady'],
  diagnoses: ['retention'],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const unit = ((hit ? 0.85 : 0.6) * group.limitBytes - base) / 100
    let [kept, load] = [0, 5]
    const busy = [0.15, 0.35, 0.6, 0.8].map((share) => Math.round(share * count))
    const sizes = [40, 90, 60, 95]
    live(group, count, (index) => {
      const during = busy.findIndex((from) => index >= from && index < from + count / 25)
      load = Math.max(
        1,
        Math.round((during === -1 ? 5 : (sizes[during] ?? 5)) * random.between(0.9, 1.1)),
      )
      kept = Math.max(kept * 0.99995, load)
      return { anon: base + unit * kept + noise(), load }
    })
    return { meter: group }
  },
}

const undersized: Shape = {
  kinds: ['steady'],
  diagnoses: ['undersized'],
  endless: false,
  make(random, hit) {
    const { group, count } = setting(random)
    const level = group.limitBytes * random.between(0.88, 0.93)
    const noise = jitter(random, level * 0.008)
    const held = (): Held => ({ anon: Math.min(0.97 * group.limitBytes, (level + noise()) / 1.02) })
    live(group, count, held)
    if (hit) {
      group.restart('kill', 1)
      live(group, Math.round(count / 2), held)
    }
    return { meter: group }
  },
}

const neighbour: Shape = {
  kinds: ['steady'],
  diagnoses: ['neighbour'],
  endless: false,
  make(random) {
    const { group, count, base, noise } = setting(random)
    const at = random.whole(Math.round(count / 4), Math.round((3 * count) / 4))
    live(group, count, (index) => {
      if (index === at) group.killFromAbove()
      return { anon: base + noise() }
    })
    return { meter: group }
  },
}

const steady: Shape = {
  kinds: ['steady'],
  diagnoses: [null],
  endless: false,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const level = hit ? 0.8 * group.limitBytes : base
    live(group, count, () => ({ anon: level / 1.02 + noise() }))
    return { meter: group }
  },
}

const ALL = {
  leak,
  'leak with garbage': leakWithGarbage,
  'leak after warm-up': leakAfterWarmUp,
  'leak by requests': leakByRequests,
  'restart loop': restartLoop,
  tmpfs,
  slab,
  sockets: slowPeers,
  'warm-up': warmUp,
  'garbage collector': garbageCollector,
  'page cache': pageCache,
  burst,
  snapshots,
  workers,
  diurnal,
  'deploy shift': deployShift,
  wandering,
  retention,
  undersized,
  neighbour,
  steady,
} as const satisfies Record<string, Shape>

export type ShapeName = keyof typeof ALL

export const SHAPES: Readonly<Record<ShapeName, Shape>> = ALL
export const SHAPE_NAMES: readonly ShapeName[] = Object.keys(ALL).filter(
  (name): name is ShapeName => name in ALL,
)
