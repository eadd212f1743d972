import { expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { EvictionPod } from './pod.ts'
import { rankPods } from './rank.ts'
import { withWishes, type PodWish } from './what-if.ts'

function pod(name: string, change: Partial<EvictionPod> = {}): EvictionPod {
  return {
    name,
    requestBytes: 100 * MIB,
    usageBytes: 200 * MIB,
    limitBytes: null,
    priority: 0,
    isStatic: false,
    priorityClassName: null,
    qosClass: 'Burstable',
    containerRequests: [100 * MIB],
    ...change,
  }
}

const PODS = [pod('shop/cart-0', { usageBytes: 300 * MIB }), pod('shop/cart-1'), pod('etl/cart-0')]

function after(...wishes: PodWish[]): string[] {
  return rankPods(withWishes(PODS, wishes).pods).map((one) => one.pod.name)
}

it('a priority above the others lets the largest excess go last', () => {
  expect(after()[0]).toBe('shop/cart-0')
  expect(after({ who: 'shop/cart-0', priority: 1 }).at(-1)).toBe('shop/cart-0')
})

it('a request that covers the working set does the same', () => {
  expect(after({ who: 'shop/cart-0', requestBytes: 300 * MIB }).at(-1)).toBe('shop/cart-0')
})

it.each([
  ['cart-0', ['shop/cart-0', 'etl/cart-0']],
  ['shop/cart-0', ['shop/cart-0']],
  ['shop/cart-*', ['shop/cart-0', 'shop/cart-1']],
  ['cart-*', ['shop/cart-0', 'shop/cart-1', 'etl/cart-0']],
])('%s means %j', (who, names) => {
  const { changed } = withWishes(PODS, [{ who, priority: 5 }])
  expect(changed.map(({ name }) => name)).toEqual(names)
})

it('the later of two wishes holds, and those for nobody are told', () => {
  const { changed, unmatched } = withWishes(PODS, [
    { who: 'cart-1', priority: 5 },
    { who: 'cart', priority: 6 },
    { who: 'shop/cart-1', priority: 7 },
  ])
  expect(changed).toMatchObject([{ before: { priority: 0 }, after: { priority: 7 } }])
  expect(unmatched).toEqual(['cart'])
})

it('a request makes a pod Burstable, and is shared by its containers as before', () => {
  const all = [
    pod('best-effort', { qosClass: 'BestEffort', requestBytes: 0, containerRequests: [0, 0] }),
    pod('guaranteed', { qosClass: 'Guaranteed', limitBytes: 100 * MIB }),
    pod('two', { containerRequests: [75 * MIB, 25 * MIB] }),
  ]
  const { changed } = withWishes(all, [{ who: '*', requestBytes: 40 * MIB }])
  expect(changed.map((one) => one.after)).toMatchObject([
    { qosClass: 'Burstable', containerRequests: [20 * MIB, 20 * MIB] },
    { qosClass: 'Burstable', containerRequests: [40 * MIB] },
    { qosClass: 'Burstable', containerRequests: [30 * MIB, 10 * MIB] },
  ])
})
