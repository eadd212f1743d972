import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../../model/bytes.ts'
import { parseSmaps } from '../../../parsers/proc/smaps.ts'
import { residenceOf } from './residence.ts'

/** A region: its first and last address in MiB from a base, what may be done, what is resident in KiB, its name and flags. */
type Line = readonly [
  from: number,
  to: number,
  may: string,
  kib: number,
  name?: string,
  flags?: string,
]

const BASE = 0x7f0000000000

function residence(lines: readonly Line[], heap: { start: number; end: number } | null = null) {
  const hex = (mib: number): string => (BASE + mib * MIB).toString(16)
  const text = lines
    .map(([from, to, may, kib, name = '', flags = 'rd wr mr mw me ac']) => {
      const inode = name.startsWith('/') ? 7 : 0
      return `${hex(from)}-${hex(to)} ${may} 00000000 00:00 ${inode} ${name}\nRss: ${kib} kB\nPss: ${kib} kB\nVmFlags: ${flags}\n`
    })
    .join('')
  return residenceOf(parseSmaps(text).regions, heap, MIB)
}

describe('where the memory of a JVM lies', () => {
  it('a stack lies above its guard', () => {
    const guard = 16 / 1024
    const { stacks, mappings } = residence([
      [10, 10 + guard, '---p', 0],
      [10 + guard, 11, 'rw-p', 96],
      [11, 11 + guard, '---p', 0],
      [11 + guard, 12, 'rw-p', 80],
      // Not behind a guard, but behind a reservation of the JVM.
      [20, 20 + guard, '---p', 0, '', 'mr mw me nr'],
      [20 + guard, 21, 'rw-p', 500],
    ])
    expect(stacks).toEqual({ bytes: 176 * KIB, count: 2 })
    expect(mappings.bytes).toBe(500 * KIB)
  })

  it('a stack without a region for its guard has a flag', () => {
    const { stacks } = residence([[10, 12, 'rw-p', 96, '', 'rd wr mr mw me gu ac nh']])
    expect(stacks.bytes).toBe(96 * KIB)
  })

  it('a block of malloc that grew together with the stack below it is none of it', () => {
    const guard = 16 / 1024
    const { stacks, mappings } = residence([
      [10, 10 + guard, '---p', 0],
      [10 + guard, 13 + guard, 'rw-p', 2 * 1024 + 92],
      // A native thread with a large stack is all stack.
      [20, 20 + guard, '---p', 0],
      [20 + guard, 28, 'rw-p', 200],
    ])
    expect(stacks).toEqual({ bytes: 292 * KIB, count: 2 })
    expect(mappings.bytes).toBe(2 * MIB)
  })

  it('an arena of malloc ends in a reservation of what is left of its 64 MiB', () => {
    const { arenas, mappings } = residence([
      [64, 66, 'rw-p', 1000],
      [66, 128, '---p', 0],
      [200, 202, 'rw-p', 50],
      [202, 250, '---p', 0],
    ])
    expect(arenas).toEqual({ bytes: 1000 * KIB, count: 1 })
    expect(mappings).toEqual({ bytes: 50 * KIB, untouchedBytes: 2 * MIB - 50 * KIB })
  })

  it('an arena that grew together with a block below it is divided', () => {
    const { arenas, mappings } = residence([
      [60, 68, 'rw-p', 8 * 1024],
      [68, 128, '---p', 0],
    ])
    expect([arenas.bytes, mappings.bytes]).toEqual([4 * MIB, 4 * MIB])
  })

  it('a heap that grew together with its neighbour is divided, too', () => {
    const heap = { start: BASE + 10 * MIB, end: BASE + 30 * MIB }
    const { heapBytes, mappings } = residence(
      [
        [10, 20, 'rw-p', 10 * 1024],
        [20, 25, '---p', 0],
        [25, 35, 'rw-p', 4 * 1024],
      ],
      heap,
    )
    expect(heapBytes).toBe(12 * MIB)
    expect(mappings.bytes).toBe(2 * MIB)
  })

  it('files are libraries with their data, shared classes, or others', () => {
    const told = residence([
      [1, 2, 'r-xp', 100, '/opt/lib/libx.so.1.2'],
      [2, 3, 'rw-p', 10, '/opt/lib/libx.so.1.2'],
      [3, 4, 'rw-p', 7],
      [5, 6, 'r--p', 30, '/opt/lib/server/classes_nocoops.jsa'],
      [7, 8, 'r--s', 40, '/app/data.bin'],
      [9, 10, 'r-xp', 5, '/usr/bin/java'],
      [11, 12, 'r-xp', 1, '[vdso]'],
      [13, 14, 'rwxp', 60],
      [15, 16, 'rw-p', 3, '[heap]'],
      [17, 18, 'rw-p', 2, '[stack]'],
    ])
    expect(told).toMatchObject({
      libraryBytes: 123 * KIB,
      archiveBytes: 30 * KIB,
      fileBytes: 40 * KIB,
      codeBytes: 60 * KIB,
      arenas: { bytes: 3 * KIB },
      stacks: { bytes: 2 * KIB },
      heapBytes: null,
    })
  })

  it('without shares the resident size is taken', () => {
    const { regions } = parseSmaps('1000-2000 rw-p 00000000 00:00 0 [heap]\nRss: 4 kB\n')
    expect(residenceOf(regions, null, MIB)).toMatchObject({ measure: 'Rss', totalBytes: 4 * KIB })
  })

  it('each resident byte is in one place', () => {
    const line = fc.record({
      gap: fc.nat({ max: 64 }),
      size: fc.integer({ min: 1, max: 80 }),
      may: fc.constantFrom('rw-p', '---p', 'rwxp', 'r-xp', 'rw-s'),
      share: fc.nat({ max: 100 }),
      name: fc.constantFrom('', '[heap]', '/x.so', '/a.jsa', '/data', '/memfd:java_heap (deleted)'),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.nat({ max: 500 }), (wanted, from) => {
        let at = 0
        const lines = wanted.map(({ gap, size, may, share, name }): Line => {
          const start = at + gap
          at = start + size
          return [start, at, may, may === '---p' ? 0 : share * size, name]
        })
        const heap = { start: BASE + from * MIB, end: BASE + (from + 100) * MIB }
        const told = residence(lines, heap)
        const sum =
          (told.heapBytes ?? 0) +
          told.codeBytes +
          told.stacks.bytes +
          told.archiveBytes +
          told.libraryBytes +
          told.fileBytes +
          told.arenas.bytes +
          told.mappings.bytes
        // Each of the eight is rounded.
        expect(Math.abs(sum - told.totalBytes)).toBeLessThanOrEqual(8)
      }),
    )
  })
})
