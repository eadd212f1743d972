import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { readJvmSize } from '../../parsers/quantity/jvm.ts'
import { planJvm, type PlanRequest } from './plan.ts'

const PLAN: PlanRequest = {
  limitBytes: GIB,
  threads: 250,
  classes: 10_000,
  metaspaceBytes: null,
  codeCacheBytes: null,
  directBytes: null,
  stackBytes: null,
  headroomPercent: 0,
  processors: null,
}

describe('a limit, divided', () => {
  it('leaves what the calculators of Paketo leave', () => {
    const plan = planJvm(PLAN)
    expect(plan.heapBytes).toBe(477_453_824)
    expect(plan.flags).toEqual([
      '-Xmx466263K',
      '-XX:MaxMetaspaceSize=70312K',
      '-XX:ReservedCodeCacheSize=240M',
      '-XX:MaxDirectMemorySize=10M',
      '-Xss1M',
    ])
    expect(Object.fromEntries(plan.items.map(({ name, bytes }) => [name, bytes]))).toEqual({
      heap: 477_453_824,
      metaspace: 72_000_000,
      'code cache': 240 * MIB,
      'direct buffers': 10 * MIB,
      'thread stacks (250)': 250 * MIB,
    })
  })

  it('says what they leave out, and that it comes on top', () => {
    const { omitted, beyondBytes } = planJvm(PLAN)
    expect(omitted.map(({ name }) => name.split(/[ ,]/)[0])).toEqual([
      'garbage',
      'compiler',
      'malloc',
    ])
    expect(omitted.at(-1)?.bytes).toBeNull()
    expect(beyondBytes).toBeGreaterThan(14 * MIB)
    expect(planJvm({ ...PLAN, headroomPercent: 10 }).beyondBytes).toBeLessThan(0)
  })

  it('leaves no heap where the rest takes it all', () => {
    const plan = planJvm({ ...PLAN, limitBytes: 512 * MIB })
    expect(plan).toMatchObject({ heapBytes: null, flags: [] })
    expect(plan.beyondBytes).toBeGreaterThan(56 * MIB)
  })

  const requests = fc.record<PlanRequest>({
    limitBytes: fc.integer({ min: 1, max: 2 ** 40 }),
    threads: fc.integer({ min: 1, max: 5_000 }),
    classes: fc.integer({ min: 0, max: 200_000 }),
    metaspaceBytes: fc.option(fc.integer({ min: 0, max: 2 ** 31 })),
    codeCacheBytes: fc.option(fc.integer({ min: 0, max: 2 ** 31 })),
    directBytes: fc.option(fc.integer({ min: 0, max: 2 ** 33 })),
    stackBytes: fc.option(fc.integer({ min: 2 ** 16, max: 2 ** 24 })),
    headroomPercent: fc.integer({ min: 0, max: 99 }),
    processors: fc.option(fc.integer({ min: 1, max: 64 })),
  })

  it('always adds up to the limit, and its options never promise more', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plan = planJvm(request)
        if (plan.heapBytes === null) return
        const sum = plan.items.reduce((total, { bytes }) => total + bytes, 0)
        expect(sum).toBe(request.limitBytes)
        const promised = plan.flags.reduce((total, flag) => {
          const size = readJvmSize(/(\d+[KMG]?)$/.exec(flag)?.[1] ?? '') ?? Infinity
          return total + size * (flag.startsWith('-Xss') ? request.threads : 1)
        }, 0)
        expect(promised).toBeLessThanOrEqual(request.limitBytes)
      }),
    )
  })
})
