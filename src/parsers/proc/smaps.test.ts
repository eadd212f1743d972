import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KIB } from '../../model/bytes.ts'
import { damaged } from '../../../test/support/damage.ts'
import { isAnonymous, MAX_REGIONS, parseSmaps, totalOf } from './smaps.ts'

const TWO = `5602f90b9000-5602f90bc000 r--p 00001000 fe:00 247741                     /usr/bin/a name
Size:                 12 kB
Rss:                  12 kB
Pss:                   6 kB
Shared_Clean:         12 kB
Shared_Dirty:          0 kB
Private_Clean:         0 kB
Private_Dirty:         0 kB
Anonymous:             0 kB
LazyFree:              0 kB
AnonHugePages:         0 kB
ShmemPmdMapped:        0 kB
Shared_Hugetlb:     2048 kB
Private_Hugetlb:    4096 kB
Swap:                  4 kB
Locked:                0 kB
THPeligible:           0
VmFlags: rd mr mw me
7f0000000000-7f0000021000 rw-p 00000000 00:00 0
Rss:                  100 kB
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`

describe('smaps', () => {
  it('tells each region with its sizes in bytes, and null where a size is not told', () => {
    const { regions, truncated } = parseSmaps(TWO)
    expect(truncated).toBe(false)
    expect(regions).toHaveLength(3)
    expect(regions[0]).toMatchObject({
      start: 0x5602f90b9000,
      end: 0x5602f90bc000,
      permissions: 'r--p',
      offset: 0x1000,
      inode: 247741,
      name: '/usr/bin/a name',
      rssBytes: 12 * KIB,
      pssBytes: 6 * KIB,
      hugetlbBytes: 6144 * KIB,
      swapBytes: 4 * KIB,
      flags: ['rd', 'mr', 'mw', 'me'],
    })
    expect(regions[1]).toMatchObject({ name: '', rssBytes: 100 * KIB, pssBytes: null, flags: [] })
    expect(regions[2]?.end).toBe(2 ** 64 - 0xa00000 + 0x1000)
    expect(regions.map(isAnonymous)).toEqual([false, true, false])
  })

  it('sums a size only where each region tells it', () => {
    const { regions } = parseSmaps(TWO)
    expect(totalOf(regions.slice(0, 2), 'rssBytes')).toBe(112 * KIB)
    expect(totalOf(regions, 'rssBytes')).toBeNull()
    expect(totalOf([], 'rssBytes')).toBe(0)
  })

  it('reads maps, which has no sizes', () => {
    const { regions } = parseSmaps(
      '7ffd1000-7ffd2000 rw-p 00000000 00:00 0   [stack]\n7ffd2000-7ffd3000 rw-s 00000000 00:01 7 /dev/zero (deleted)\n',
    )
    expect(regions.map(({ name, rssBytes }) => [name, rssBytes])).toEqual([
      ['[stack]', null],
      ['/dev/zero (deleted)', null],
    ])
    expect(regions.map(isAnonymous)).toEqual([true, false])
  })

  it('sees this process as the kernel counts it', () => {
    const { regions } = parseSmaps(readFileSync('/proc/self/smaps', 'utf8'))
    const rollup = parseSmaps(readFileSync('/proc/self/smaps_rollup', 'utf8')).regions[0]
    expect(rollup?.name).toBe('[rollup]')
    const resident = totalOf(regions, 'rssBytes') ?? 0
    expect(resident).toBeGreaterThan(10 * 1024 * KIB)
    // It allocates between the two reads.
    expect(Math.abs(resident - (rollup?.rssBytes ?? 0))).toBeLessThan(resident * 0.2)
    expect(regions.some(({ name }) => name === '[stack]')).toBe(true)
  })

  it('keeps no more regions than a process can have by far', () => {
    const line = '7f0000000000-7f0000001000 rw-p 00000000 00:00 0\n'
    const { regions, truncated } = parseSmaps(line.repeat(MAX_REGIONS + 1))
    expect([regions.length, truncated]).toEqual([MAX_REGIONS, true])
  })

  it('prints and reads back the same', () => {
    const region = fc.record({
      page: fc.nat({ max: 2 ** 40 }),
      pages: fc.nat({ max: 2 ** 12 }),
      name: fc.constantFrom('', '[heap]', '/lib/x.so', '/a b: 1 kB', '/memfd:x (deleted)'),
      rss: fc.nat(),
      pss: fc.nat(),
    })
    fc.assert(
      fc.property(fc.array(region, { maxLength: 30 }), (wanted) => {
        const hex = (page: number): string => (page * 4096).toString(16)
        const text = wanted
          .map(
            (one) =>
              `${hex(one.page)}-${hex(one.page + one.pages)} rw-p 00000000 00:00 0    ${one.name}\nRss: ${one.rss} kB\nPss: ${one.pss} kB\nVmFlags: rd wr \n`,
          )
          .join('')
        expect(
          parseSmaps(text).regions.map(({ start, end, name, rssBytes, pssBytes }) => ({
            page: start / 4096,
            pages: (end - start) / 4096,
            name,
            rss: (rssBytes ?? 0) / KIB,
            pss: (pssBytes ?? 0) / KIB,
          })),
        ).toEqual(wanted)
      }),
    )
  })

  it('never fails on a damaged text, and tells nothing impossible', () => {
    const own = readFileSync('/proc/self/smaps', 'utf8').slice(0, 30_000)
    fc.assert(
      fc.property(fc.oneof(damaged([TWO, own]), fc.string()), (text) => {
        for (const one of parseSmaps(text).regions) {
          expect(one.end).toBeGreaterThanOrEqual(one.start)
          for (const value of [one.rssBytes, one.pssBytes, one.hugetlbBytes, one.swapBytes])
            expect(value === null || (Number.isSafeInteger(value / KIB) && value >= 0)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
