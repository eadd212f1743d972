import type { Held } from './series-corpus-physics.ts'
import { ending, garbage, live, setting } from './series-corpus-shape.ts'
import type { Shape } from './series-corpus-shape.ts'

export const leak: Shape = {
  kinds: ['leak'],
  diagnoses: ['suspected-leak', 'leak'],
  endless: true,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const rise = ending(random, group.limitBytes, hit) - base
    if (live(group, count, (index) => ({ anon: base + (rise * index) / count + noise() })))
      group.restart('kill', 0)
    return { meter: group }
  },
}

export const leakWithGarbage: Shape = {
  ...leak,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const rise = 0.85 * ending(random, group.limitBytes, hit) - base
    const teeth = garbage(random, base * random.between(0.2, 0.5))
    const held = (index: number): Held => ({
      anon: base + (rise * index) / count + teeth() + noise(),
    })
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}

/** Caches and pools fill first, and the leak goes on. */
export const leakAfterWarmUp: Shape = {
  ...leak,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const warm = base * random.between(0.2, 0.6)
    const tau = count * random.between(0.02, 0.06)
    const rise = ending(random, group.limitBytes, hit) - base - warm
    group.restart('start', 0)
    const held = (index: number): Held => ({
      anon: base + warm * (1 - Math.exp(-index / tau)) + (rise * index) / count + noise(),
    })
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}

/** Each request leaves something behind, and there are fewer of them at night. */
export const leakByRequests: Shape = {
  ...leak,
  // In less than a day and a night it cannot be told from users that come in the morning.
  kinds: ['leak', 'unknown'],
  make(random, hit) {
    const { group, base, noise } = setting(random)
    const count = Math.min(4_000, Math.round((random.between(1.3, 3) * 86_400) / group.stepSeconds))
    const rise = ending(random, group.limitBytes, hit) - base
    const phase = random.next()
    let left = 0
    const held = (index: number): Held => {
      const day = ((index * group.stepSeconds) / 86_400 + phase) % 1
      left += (rise / count) * (0.25 + 0.75 * (1 - Math.cos(2 * Math.PI * day)))
      return { anon: base + left + noise() }
    }
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}

export const restartLoop: Shape = {
  kinds: ['sawtooth', 'leak'],
  diagnoses: ['leak'],
  endless: true,
  make(random, hit) {
    const { group, base, noise } = setting(random)
    const lives = random.whole(3, 6)
    const perLife = random.whole(60, 300)
    const told = random.next() < 0.5
    for (let life = 0; life < lives; life++) {
      const rise = (hit ? 1.05 : 0.7) * group.limitBytes - base
      const pace = (rise / perLife) * random.between(0.93, 1.07)
      const last = life === lives - 1
      const count = last ? perLife * random.between(0.3, 0.7) : perLife * (hit ? 2 : 1)
      live(group, Math.round(count), (index) => ({ anon: base + pace * index + noise() }))
      if (!last) group.restart(hit ? (told ? 'kill' : null) : 'start', 1)
    }
    return { meter: group }
  },
}

export const tmpfs: Shape = {
  kinds: ['leak'],
  diagnoses: ['tmpfs'],
  endless: true,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const size = ending(random, group.limitBytes, hit) - base
    const file = size / random.between(60, 200)
    const held = (index: number): Held => ({
      anon: base + noise(),
      shmem: file * Math.floor((size / file) * (index / count)),
    })
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}

export const slab: Shape = {
  kinds: ['leak'],
  diagnoses: ['kernel-memory'],
  endless: true,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const size = ending(random, group.limitBytes, hit) - base
    const held = (index: number): Held => ({
      anon: base + noise(),
      kernel: 0.02 * base + (size * index) / count,
    })
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}

export const slowPeers: Shape = {
  kinds: ['leak'],
  diagnoses: ['sockets'],
  endless: true,
  make(random, hit) {
    const { group, count, base, noise } = setting(random)
    const size = ending(random, group.limitBytes, hit) - base
    const held = (index: number): Held => ({
      anon: base + noise(),
      sockets: (size * index) / count,
    })
    if (live(group, count, held)) group.restart('kill', 0)
    return { meter: group }
  },
}
