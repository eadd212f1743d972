import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cgroupOf } from '../../test/support/group-texts.ts'
import { RECORDED_ON, recordedScene } from '../../test/support/recorded-memory.ts'
import { cacheViewOf } from '../../test/support/scene-views.ts'
import { MIB } from '../model/bytes.ts'
import type { PressureLine } from '../model/facts.ts'
import type { GroupFigures } from './figures.ts'
import { pageCacheOf } from './page-cache.ts'
import type { CacheReading, CacheSurroundings } from './page-cache-reading.ts'

/** Pages of 4 KiB. */
const PAGES = MIB / 4096

function reading(
  stat: Readonly<Record<string, number>>,
  change: Partial<CacheReading> & { version?: 1 | 2; chargeBytes?: number } = {},
): CacheReading {
  const { version = 2, chargeBytes = 200 * MIB, ...rest } = change
  const group: GroupFigures = {
    path: '/a',
    version,
    chargeBytes,
    chargeSource: 'memory.current',
    limitBytes: null,
    peakBytes: null,
    stat: new Map(Object.entries(stat)),
    kmemBytes: null,
    tcpBytes: null,
    swapBytes: null,
  }
  return { group, pressure: null, limitHits: null, ...rest }
}

function cache(activeMib: number, inactiveMib: number, more: Record<string, number> = {}) {
  return {
    file: (activeMib + inactiveMib) * MIB,
    shmem: 0,
    active_file: activeMib * MIB,
    inactive_file: inactiveMib * MIB,
    ...more,
  }
}

function waiting(avg10: number, totalMicroseconds = 0): CacheReading['pressure'] {
  const some: PressureLine = { avg10, avg60: avg10, avg300: 0, totalMicroseconds }
  return { some, full: null }
}

const OLD_LRU: CacheSurroundings = { lruGen: false }

/** Debian's 6.12 has the multi-generational LRU on. */
const MGLRU = '6.12'

describe.each(RECORDED_ON.filter((where) => where !== MGLRU))('two lists, %s', (where) => {
  it('a file that is read over and over is useful', () => {
    expect(cacheViewOf(recordedScene(where, 'hot'))).toMatchObject({ kind: 'useful' })
    expect(cacheViewOf(recordedScene(where, 'hot'), 1)).toMatchObject({ kind: 'useful' })
  })

  it('a file that was read once is stale', () => {
    expect(cacheViewOf(recordedScene(where, 'cold'))).toMatchObject({ kind: 'stale' })
    expect(cacheViewOf(recordedScene(where, 'cold'), 1)).toMatchObject({ kind: 'stale' })
  })
})

it.each(['hot', 'cold'])('MGLRU does not tell a %s file from others, and neither do we', (name) => {
  const scene = recordedScene(MGLRU, name)
  // This is what makes docker stats and kubectl top leave hot page cache out.
  expect(cgroupOf(scene.now).stat.get('inactive_file')).toBeGreaterThan(47 * MIB)
  expect(cacheViewOf(scene)).toMatchObject({ kind: 'unknown' })
  expect(cacheViewOf(scene).says.join()).toContain('MGLRU')
})

describe.each(RECORDED_ON)('page cache of real groups, %s', (where) => {
  it('a file that is larger than the limit, read over and over, thrashes', () => {
    const view = cacheViewOf(recordedScene(where, 'thrash'))
    expect(view.kind).toBe('thrashing')
    expect(view.says.join()).toMatch(/a second/)
  })

  it('of a group that thrashes one look does not say that nothing reads its cache', () => {
    expect(cacheViewOf(recordedScene(where, 'thrash'), 1).kind).not.toBe('stale')
    expect(cacheViewOf(recordedScene(where, 'thrash'), 1).kind).not.toBe('useful')
  })

  it('a file that is larger than the limit, read once, is stale, and its limit hits are no OOM', () => {
    const view = cacheViewOf(recordedScene(where, 'stream'))
    expect(view.kind).toBe('stale')
    expect(view.says.join()).toMatch(/its limit was reached \d+ times.*that alone is no OOM/)
  })

  it('tmpfs is called by its name, with the mount that holds it, where no process is left', () => {
    const scene = recordedScene(where, 'tmpfs')
    expect(scene.now.group['cgroup.procs']).toBe('')
    const says = cacheViewOf(scene).says.join()
    expect(says).toMatch(/16 MiB are tmpfs or shared memory: they stay charged/)
    expect(says).toMatch(/\/dev\/shm [\d.]+ MiB/)
  })

  it('what is not on the disk yet is told', () => {
    expect(cacheViewOf(recordedScene(where, 'dirty')).says.join()).toMatch(
      /1[56][.\d]* MiB of page cache are dirty/,
    )
  })
})

describe('two looks', () => {
  const seconds = 10

  function between(first: CacheReading, second: CacheReading, lruGen = false) {
    return pageCacheOf(second, { lruGen, earlier: { reading: first, seconds } })
  }

  it('see that all of the cache goes and comes back within a minute', () => {
    const before = reading(cache(5, 95, { workingset_refault_file: 0 }))
    const after = reading(cache(5, 95, { workingset_refault_file: 20 * PAGES }))
    expect(between(before, after)?.kind).toBe('thrashing')
    expect(between(before, after)?.says[0]).toContain('20 MiB of files were read again')
    expect(between(before, after)?.says[0]).toContain('2 MiB a second')
  })

  it('do not cry thrashing over a trickle', () => {
    const before = reading(cache(5, 95, { workingset_refault_file: 0 }))
    const after = reading(cache(5, 95, { workingset_refault_file: 5 * PAGES }))
    expect(between(before, after)?.kind).not.toBe('thrashing')
  })

  it('see a large cache thrash where tasks wait for it', () => {
    const stat = cache(500, 3_500)
    const charge = { chargeBytes: 4_096 * MIB }
    const before = reading(
      { ...stat, workingset_refault_file: 0 },
      { ...charge, pressure: waiting(0) },
    )
    const after = (waited: number) =>
      reading(
        { ...stat, workingset_refault_file: 100 * PAGES },
        { ...charge, pressure: waiting(0, waited * seconds * 1e6) },
      )
    expect(between(before, after(0.2))?.kind).toBe('thrashing')
    expect(between(before, after(0.2))?.says[0]).toContain('20 % of that time')
    expect(between(before, after(0.01))?.kind).not.toBe('thrashing')
  })

  it('see the cache of a group thrash that has hardly any left', () => {
    const before = reading(cache(0, 0, { workingset_refault_file: 0 }))
    const after = reading(cache(0, 0, { workingset_refault_file: 50 * PAGES }))
    expect(between(before, after)?.kind).toBe('thrashing')
  })

  it('do not count what came back before the first of them', () => {
    const busyPast = reading(cache(90, 10, { workingset_refault_file: 900 * PAGES }))
    expect(between(busyPast, busyPast)?.kind).toBe('useful')
  })

  it('leave counters out that went back: it is another group', () => {
    const before = reading(cache(90, 10, { workingset_refault_file: 900 * PAGES }))
    const after = reading(cache(90, 10, { workingset_refault_file: 1 }))
    expect(between(before, after)?.kind).toBe('useful')
  })
})

describe('one look', () => {
  const comeBack = cache(5, 95, { workingset_refault_file: 400 * PAGES })

  it('says thrashing where pages come back and tasks wait now', () => {
    const view = pageCacheOf(reading(comeBack, { pressure: waiting(8) }), OLD_LRU)
    expect(view?.kind).toBe('thrashing')
    expect(view?.says[0]).toMatch(/400 MiB.*4 times the page cache.*wait for memory 8 %/)
  })

  it('does not blame page cache where it is swap that tasks wait for', () => {
    const swapping = { ...comeBack, workingset_refault_anon: 4_000 * PAGES }
    expect(pageCacheOf(reading(swapping, { pressure: waiting(8) }), OLD_LRU)?.kind).not.toBe(
      'thrashing',
    )
  })

  it('leaves it open where nothing tells whether it is now', () => {
    const view = pageCacheOf(reading(comeBack, { version: 1 }), OLD_LRU)
    expect(view).toBeNull()
    const onV1 = { ...comeBack, cache: 100 * MIB }
    const open = pageCacheOf(reading(onV1, { version: 1 }), OLD_LRU)
    expect(open?.kind).toBe('unknown')
    expect(open?.says.join()).toContain('whether it goes on shows a second look')
  })

  it('does not call stale what came back in part, and says so', () => {
    const some = cache(5, 95, { workingset_refault_file: 20 * PAGES })
    const view = pageCacheOf(reading(some), OLD_LRU)
    expect(view?.kind).toBe('unknown')
    expect(view?.says).toEqual([
      expect.stringMatching(/95 %.*yet 20 MiB of files had been dropped/),
    ])
    const few = cache(5, 95, { workingset_refault_file: 5 * PAGES })
    expect(pageCacheOf(reading(few), OLD_LRU)?.kind).toBe('stale')
  })

  it('takes the counter of kernels before 5.9, which is one for all', () => {
    const old = cache(5, 95, { workingset_refault: 400 * PAGES })
    expect(pageCacheOf(reading(old, { pressure: waiting(8) }), OLD_LRU)?.kind).toBe('thrashing')
  })
})

describe('what kernels do not tell', () => {
  it('is not guessed: whether pages are aged by generations', () => {
    for (const lruGen of [true, null])
      expect(pageCacheOf(reading(cache(5, 95)), { lruGen })?.kind).toBe('unknown')
    expect(pageCacheOf(reading(cache(95, 5)), { lruGen: true })?.kind).toBe('useful')
  })

  it('is not guessed: how long the lists are', () => {
    expect(pageCacheOf(reading({ file: 90 * MIB, shmem: 0 }), OLD_LRU)?.kind).toBe('unknown')
    expect(pageCacheOf(reading({}), OLD_LRU)).toBeNull()
  })

  it('is no page cache where there is next to none', () => {
    const view = pageCacheOf(reading(cache(1, 0), { chargeBytes: 500 * MIB }), OLD_LRU)
    expect(view).toEqual({ kind: 'unknown', says: ['there is next to no page cache'] })
  })
})

describe('tmpfs', () => {
  const filled = { ...cache(0, 0), file: 40 * MIB, shmem: 40 * MIB }
  const shm = { mountPoint: '/dev/shm', bytes: 30 * MIB, capBytes: 64 * MIB, partial: false }

  function said(tmpfs: CacheSurroundings['tmpfs']): string {
    return pageCacheOf(reading(filled), { ...OLD_LRU, tmpfs: tmpfs ?? null })?.says.join('; ') ?? ''
  }

  it('is named mount by mount, the fullest first, and what lies in none', () => {
    const tmp = { ...shm, mountPoint: '/tmp', bytes: 5 * MIB, capBytes: null }
    const empty = { ...shm, mountPoint: '/run', bytes: 0 }
    const hidden = { ...shm, mountPoint: '/secret', bytes: null }
    const says = said([tmp, empty, shm, hidden])
    expect(says).toContain('/dev/shm 30 MiB of at most 64 MiB, /tmp 5 MiB')
    expect(says).not.toMatch(/\/run|\/secret/)
    expect(says).toContain('5 MiB of it are in no tmpfs that the processes see')
  })

  it('may hold what others are charged for', () => {
    expect(said([{ ...shm, bytes: 900 * MIB }])).toContain('not all of it its own')
    expect(said([{ ...shm, partial: true }])).toContain('not all of it its own')
    expect(said([shm])).not.toContain('not all of it its own')
  })

  it('is told without mounts where nobody looked at them', () => {
    expect(said(null)).toMatch(/gives them back$/)
  })
})

it('whatever the counters say, the answer is one of four and has no holes', () => {
  const key = fc.constantFrom(
    'file',
    'cache',
    'shmem',
    'active_file',
    'inactive_file',
    'workingset_refault_file',
    'workingset_refault_anon',
    'pgsteal',
    'file_dirty',
  )
  const stat = fc.dictionary(key, fc.integer({ min: 0, max: 2 ** 45 }))
  const look = fc
    .record({
      stat,
      version: fc.constantFrom(1 as const, 2 as const),
      limitHits: fc.option(fc.nat(), { nil: null }),
      avg10: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null }),
      chargeBytes: fc.integer({ min: 0, max: 2 ** 45 }),
    })
    .map(({ stat: counters, avg10, ...rest }) =>
      reading(counters, { ...rest, pressure: avg10 === null ? null : waiting(avg10) }),
    )
  const seconds = fc.double({ min: 0, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(look, look, seconds, fc.boolean(), (earlier, now, pause, lruGen) => {
      const view = pageCacheOf(now, { lruGen, earlier: { reading: earlier, seconds: pause } })
      if (view === null) return
      expect(['useful', 'stale', 'thrashing', 'unknown']).toContain(view.kind)
      for (const sentence of view.says) expect(sentence).not.toMatch(/NaN|Infinity|undefined|null/)
    }),
  )
})
