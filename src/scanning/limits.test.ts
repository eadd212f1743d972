import { expect, it } from 'vitest'
import { GIB } from '../model/bytes.ts'
import { newPool } from '../store/scanner/pools.ts'
import { imageLimits } from './limits.ts'
import { limitsPage } from './limits-page.ts'

const LARGE = { ...newPool('large-images', 2), memory: '16Gi' }
const POOLS = [newPool('default', 1), LARGE, newPool('other', 1)]

it('says which images go where, without a gap, as it is set', () => {
  const set = new Map([
    ['routing.large_image_pool', 'large-images'],
    ['sbom.streaming_threshold', '1Gi'],
    ['worker.memory_limit', '8Gi'],
  ])
  const limits = imageLimits(set, POOLS)
  expect(limits.sizes).toEqual([
    { from: 0, below: GIB, pool: 'default', isHeld: true },
    { from: GIB, below: 2 * GIB, pool: 'default', isHeld: false },
    { from: 2 * GIB, below: null, pool: 'large-images', isHeld: false },
  ])
  expect(limits.pools).toEqual([
    { name: 'default', count: 1, bytes: 8 * GIB },
    { name: 'large-images', count: 2, bytes: 16 * GIB },
  ])
  const page = limitsPage(limits)
  expect(page).toContain('| 2 GiB and more | `large-images` | 16 GiB | as a stream |')
  expect(page).toContain('then in `large-images`')
  expect(page).not.toContain('is not set')
})

it('joins what goes the same way, in any order of the thresholds', () => {
  const sizes = (streaming: string, large: string, pool: string | null) =>
    imageLimits(
      new Map([
        ['sbom.streaming_threshold', streaming],
        ['routing.large_image_threshold', large],
        ...(pool === null ? [] : [['routing.large_image_pool', pool] as const]),
      ]),
      POOLS,
    ).sizes
  expect(sizes('0', '2Gi', null)).toEqual([
    { from: 0, below: null, pool: 'default', isHeld: false },
  ])
  expect(sizes('4Gi', '2Gi', 'large-images')).toEqual([
    { from: 0, below: 2 * GIB, pool: 'default', isHeld: true },
    { from: 2 * GIB, below: 4 * GIB, pool: 'large-images', isHeld: true },
    { from: 4 * GIB, below: null, pool: 'large-images', isHeld: false },
  ])
})

it('tells of a pool that has no workers, or is gone', () => {
  const set = new Map([['routing.large_image_pool', 'large-images']])
  const none = limitsPage(imageLimits(set, [newPool('default', 1), { ...LARGE, count: 0 }]))
  expect(none).toContain('`large-images` has no workers on the host of the server')
  const gone = limitsPage(imageLimits(set, [newPool('default', 1)]))
  expect(gone).toContain('| `large-images` | none: there is no such pool |')
})

it('tells what is above each limit', () => {
  const page = limitsPage(imageLimits(new Map([['timeouts.scan', '90s']]), POOLS))
  expect(page).toContain('| time of a scan (`timeouts.scan`) | 90 s | it ends as `timeout`')
  expect(page).toContain('| layers | 4,096 | it is refused |')
  expect(page).toContain('`routing.large_image_pool` is not set')
})
