import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged } from '../../../test/support/damage.ts'
import { RECORDED_JVMS, recordedJvm } from '../../../test/support/recorded-jvm.ts'
import { KIB, MIB } from '../../model/bytes.ts'
import { parseNativeMemory } from './native-memory.ts'
import type { NativeArea } from './native-memory.ts'

const TRACKED = RECORDED_JVMS.filter((name) => !/untracked|disabled/.test(name))

function areasOf(text: string): Map<string, NativeArea> {
  return new Map(parseNativeMemory(text)?.areas.map((area) => [area.name, area]))
}

describe('Native Memory Tracking', () => {
  it.each(TRACKED)('of %s adds up', (name) => {
    const memory = parseNativeMemory(recordedJvm(name).text('nmt'))
    const areas = memory?.areas ?? []
    expect(areas.length).toBeGreaterThan(9)
    const committed = areas.reduce((sum, area) => sum + area.committedBytes, 0)
    // Each figure is rounded to KiB, and what is less than one is left out.
    expect(Math.abs(committed - (memory?.committedBytes ?? 0))).toBeLessThan(64 * KIB)
    for (const area of areas) {
      const parts =
        area.mallocBytes + area.arenaBytes + area.mappedBytes + (area.stack?.committedBytes ?? 0)
      expect(Math.abs(area.committedBytes - parts), area.name).toBeLessThan(8 * KIB)
    }
  })

  it.each(['11-g1', '17-g1', '21-g1', '25-g1', '28-g1'])(
    'of %s books direct buffers as Other, and tells threads and classes',
    (name) => {
      const areas = areasOf(recordedJvm(name).text('nmt'))
      expect(areas.get('Other')?.committedBytes).toBeGreaterThanOrEqual(20 * MIB)
      expect(areas.get('Other')?.committedBytes).toBeLessThan(21 * MIB)
      expect(areas.get('Thread')?.threads).toBeGreaterThan(60)
      expect(areas.get('Class')?.classes).toBeGreaterThan(900)
      // 50 stacks of 1 MiB are reserved; what is touched is a tenth of it.
      const stack = areas.get('Thread')?.stack
      expect(stack?.reservedBytes).toBeGreaterThan(50 * MIB)
      expect(stack?.committedBytes).toBeLessThan(10 * MIB)
    },
  )

  it('of JDK 8 books them as Internal, and its stacks as a whole', () => {
    const memory = parseNativeMemory(recordedJvm('8-g1').text('nmt'))
    const areas = areasOf(recordedJvm('8-g1').text('nmt'))
    expect(memory?.isJava8).toBe(true)
    expect(areas.get('Internal')?.mallocBytes).toBeGreaterThan(20 * MIB)
    expect(areas.get('Thread')?.stack?.committedBytes).toBe(
      areas.get('Thread')?.stack?.reservedBytes,
    )
  })

  it('is null where it is off, and where the text is something else', () => {
    for (const name of ['8-untracked', '17-untracked', '25-untracked']) {
      expect(recordedJvm(name).text('nmt')).toContain('not enabled')
      expect(parseNativeMemory(recordedJvm(name).text('nmt'))).toBeNull()
    }
    expect(parseNativeMemory('Total: reserved=1KB, committed=1KB\n')).toBeNull()
    expect(parseNativeMemory('')).toBeNull()
  })

  it('is the same in another scale', () => {
    const url = new URL('../../../fixtures/bundles/runtimes/', import.meta.url)
    const [kib, mib] = ['nmt.txt', 'nmt-mb.txt'].map((name) =>
      areasOf(readFileSync(new URL(name, url), 'utf8')),
    )
    expect(mib?.get('Other')?.committedBytes).toBe(48 * MIB)
    expect(kib?.get('Other')?.committedBytes).toBeCloseTo(48 * MIB, -6)
  })

  it('takes the summary of a detailed report, once', () => {
    const text = `Native Memory Tracking:

Total: reserved=30KB, committed=20KB
-                      Code (reserved=20KB, committed=10KB)
                            (malloc=4KB, #9)
                            (mmap: reserved=16KB, committed=6KB)
-                      Code (reserved=99KB, committed=99KB)
Virtual memory map:
[0x1 - 0x2] reserved 1KB for Code from
-                        GC (reserved=10KB, committed=10KB)
`
    expect(parseNativeMemory(text)?.areas).toMatchObject([
      { name: 'Code', committedBytes: 10 * KIB, mallocBytes: 4 * KIB, mappedBytes: 6 * KIB },
    ])
  })

  it('reads back what any JVM might print', () => {
    const area = fc.record({
      name: fc.constantFrom('Java Heap', 'Class', 'Code', 'GC', 'Other', 'Arena Chunk', 'New Kind'),
      malloc: fc.nat({ max: 2 ** 40 }),
      mapped: fc.nat({ max: 2 ** 40 }),
      tag: fc.constantFrom('', ' tag=X', ','),
      suffix: fc.constantFrom('', ' (at peak) ', ' (peak=68KB #212)'),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(area, { selector: ({ name }) => name, minLength: 1 }),
        (wanted) => {
          const lines = wanted.flatMap(({ name, malloc, mapped, tag, suffix }) => [
            `-  ${name} (reserved=${malloc + mapped}KB, committed=${malloc + mapped}KB, readonly=0KB)`,
            `     (malloc=${malloc}KB${tag} #7)${suffix}`,
            `     (mmap: reserved=${mapped}KB, committed=${mapped}KB, at peak)`,
          ])
          const text = `Total: reserved=9KB, committed=9KB\n${lines.join('\n')}\n`
          expect(
            parseNativeMemory(text)?.areas.map(({ name, mallocBytes, mappedBytes }) => ({
              name,
              malloc: mallocBytes / KIB,
              mapped: mappedBytes / KIB,
            })),
          ).toEqual(wanted.map(({ name, malloc, mapped }) => ({ name, malloc, mapped })))
        },
      ),
    )
  })

  it('never fails on a damaged report, and tells nothing impossible', () => {
    const texts = ['8-g1', '17-g1', '25-g1'].map((name) => recordedJvm(name).text('nmt'))
    fc.assert(
      fc.property(fc.oneof(damaged(texts), fc.string()), (text) => {
        const memory = parseNativeMemory(text)
        expect(memory?.areas.length ?? 0).toBeLessThanOrEqual(100)
        for (const area of memory?.areas ?? []) {
          for (const bytes of [area.reservedBytes, area.committedBytes, area.mallocBytes])
            expect(Number.isFinite(bytes) && bytes >= 0).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
