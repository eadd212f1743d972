import type { GuardParts } from '../src/guard.ts'
import type { Constraint } from '../src/memory/binding.ts'
import type { Pressure } from '../src/memory/pressure.ts'

const MIB = 1024 * 1024

/** A world of one group whose memory, time and collections a test decides. */
export interface FakeWorld extends GuardParts {
  /** Sets what is used, passes a while, and lets the guard look. */
  pass(usedMiB: number, ms: number): void
  limitMiB: number
  garbageMiB: number
  pressure: Pressure | null
  collections: number
  /** With which codes the process has left. */
  exits: number[]
  /** How long the guard looks away now. */
  pauseMs: number
}

export function fakeWorld(limitMiB: number): FakeWorld {
  let nowMs = 0
  let usedMiB = 0
  let call: (() => void) | null = null
  const world: FakeWorld = {
    limitMiB,
    garbageMiB: 0,
    pressure: null,
    collections: 0,
    exits: [],
    pauseMs: 0,
    sampler: {
      groupPath: '/fake',
      sample() {
        const usedBytes = (usedMiB + world.garbageMiB) * MIB
        const limitBytes = world.limitMiB * MIB
        const binding: Constraint = { kind: 'group', name: '/fake', limitBytes, usedBytes }
        return {
          ...{ constraints: [binding], binding, ratio: usedBytes / limitBytes },
          ...{
            usageBytes: usedBytes,
            heapUsedBytes: usedBytes,
            heapLimitBytes: limitBytes,
            pressure: world.pressure,
          },
        }
      },
      close: () => undefined,
    },
    now: () => nowMs,
    later(next, ms) {
      call = next
      world.pauseMs = ms
      return () => {
        call = null
      }
    },
    collect() {
      world.collections += 1
      world.garbageMiB = 0
    },
    exit: (code) => void world.exits.push(code),
    pass(used, ms) {
      usedMiB = used
      nowMs += ms
      call?.()
    },
  }
  return world
}
