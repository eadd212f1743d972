import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { readJvmFlags } from './flags.ts'
import { collectorOf, maxHeapBytes } from './heap.ts'

const TWO_PROCESSORS = { processors: 2 }

describe('the heap a JVM gives itself', () => {
  // Limit of a real group and MaxHeapSize in MiB, the same with JDK 11, 17 and 25.
  it.each([
    [64, 32],
    [96, 48],
    [100, 50],
    [128, 64],
    [192, 96],
    [200, 100],
    [249, 126],
    [250, 126],
    [256, 126],
    [384, 126],
    [500, 126],
    [512, 128],
    [768, 192],
    [1000, 250],
    [1024, 256],
    [1500, 376],
    [1791, 448],
    [1792, 448],
    [2048, 512],
    [3000, 750],
    [4096, 1024],
  ])('in %d MiB is %d MiB', (limit, heap) => {
    const machine = { limitBytes: limit * MIB, ...TWO_PROCESSORS }
    expect(maxHeapBytes(readJvmFlags('').flags, machine)).toBe(heap * MIB)
  })

  it.each([
    ['-XX:MaxRAMPercentage=75', 1024, 768],
    ['-XX:MaxRAMPercentage=75.5', 1024, 774],
    ['-XX:MaxRAMPercentage=0', 1024, 126],
    ['-XX:MaxRAMFraction=2', 1024, 512],
    ['-XX:MaxRAMPercentage=60 -XX:MaxRAMFraction=2', 1024, 616],
    ['-XX:MinRAMPercentage=80', 128, 104],
    ['-XX:MaxRAMPercentage=80', 128, 64],
    ['-Xms400m', 1024, 400],
    ['-Xmx513m', 1024, 514],
    ['-XX:MaxRAM=1g', 8192, 256],
  ])('with %s in %d MiB is %d MiB', (text, limit, heap) => {
    const machine = { limitBytes: limit * MIB, ...TWO_PROCESSORS }
    expect(maxHeapBytes(readJvmFlags(text).flags, machine)).toBe(heap * MIB)
  })

  it('is not known where the JVM does not look at the container', () => {
    const { flags } = readJvmFlags('-XX:-UseContainerSupport')
    expect(maxHeapBytes(flags, { limitBytes: GIB, processors: null })).toBeNull()
  })

  it('is collected by G1 from 1792 MiB on, with two processors', () => {
    const { flags } = readJvmFlags('')
    const picked = (limit: number, processors: number | null): string =>
      collectorOf(flags, { limitBytes: limit * MIB, processors })
    expect(picked(1791, 2)).toBe('serial')
    expect(picked(1792, 2)).toBe('g1')
    expect(picked(1792, null)).toBe('g1')
    expect(picked(8192, 1)).toBe('serial')
  })
})
