import { MIB } from '../../src/model/bytes.ts'
import type { Diagnosis, GrowthKind } from '../../src/model/growth.ts'
import type { Series } from '../../src/model/series.ts'
import { jitter, meter } from './series-corpus-physics.ts'
import type { Chance, Held, Meter } from './series-corpus-physics.ts'

/** What is true of a series, for we made it. */
export interface Truth {
  /** The first is the best; the others say nothing wrong. */
  kinds: readonly GrowthKind[]
  diagnoses: readonly (Diagnosis | null)[]
  /** It would go on until it is killed, for as long as it lives. */
  endless: boolean
}

export interface Shape extends Truth {
  /** `hit`: it reaches its limit. */
  make(random: Chance, hit: boolean): { meter: Meter; processes?: readonly Series[] }
}

export interface Setting {
  group: Meter
  count: number
  base: number
  noise: () => number
}

/** A group of usual size, read at usual steps, for some hours. */
export function setting(random: Chance, hours: readonly [number, number] = [4, 36]): Setting {
  const limit = 64 * MIB * 2 ** random.whole(1, 5)
  const step = [15, 30, 60, 60][random.whole(0, 3)] ?? 60
  const count = Math.min(3_000, Math.round((random.between(...hours) * 3_600) / step))
  const base = limit * random.between(0.15, 0.4)
  return {
    group: meter(limit, step),
    count,
    base,
    noise: jitter(random, base * random.between(0.002, 0.02)),
  }
}

/** Reads a life; ends early where it is killed. True: killed. */
export function live(group: Meter, count: number, held: (index: number) => Held): boolean {
  for (let index = 0; index < count; index++) if (!group.read(held(index))) return true
  return false
}

/** Where a growth over the whole recording ends: beyond the limit, or below it. */
export function ending(random: Chance, limit: number, hit: boolean): number {
  return limit * (hit ? random.between(1.02, 1.4) : random.between(0.5, 0.85))
}

/** What was given up and not yet collected: rises evenly, and is collected when it reaches a threshold. */
export function garbage(random: Chance, threshold: number): () => number {
  const perSample = threshold / random.between(6, 60)
  let held = random.between(0, threshold)
  return () => {
    held += perSample * random.between(0.6, 1.4)
    if (held > threshold * random.between(0.92, 1.05)) held = threshold * random.between(0, 0.08)
    return held
  }
}
