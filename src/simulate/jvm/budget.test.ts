import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { type BudgetRequest, budgetOf, type JvmBudget } from './budget.ts'
import { readJvmFlags } from './flags.ts'

describe('options, held against a limit', () => {
  it('come to the 912 MiB of 1 GiB, which is tight', () => {
    const budget = budgetFor('-Xmx512m', { ...SEED })
    expect(budget.budgetBytes).toBe(912 * MIB)
    expect(budget.verdict).toBe('tight')
    expect(budget.headroomPercent).toBeCloseTo(10.94, 2)
    expect(budget.roomForThreads).toBe(112)
  })

  it('are tight from 12 % of headroom downwards', () => {
    const left = (percent: number): JvmBudget =>
      budgetFor('-Xmx100m', { limitBytes: GIB, directBytes: GIB * (1 - percent / 100) - 100 * MIB })
    expect(left(11.9).verdict).toBe('tight')
    expect(left(12.1).verdict).not.toBe('tight')
  })

  it('do not fit where they promise more than the limit', () => {
    const budget = budgetFor('-Xmx1g', { threads: 100 })
    expect(budget).toMatchObject({ verdict: 'over', headroomBytes: -100 * MIB, roomForThreads: 0 })
  })

  it('stay open where something can still grow past the limit', () => {
    const budget = budgetFor('-Xmx512m', {})
    expect(budget).toMatchObject({ verdict: 'open', budgetBytes: 512 * MIB, mostBytes: null })
    expect(itemOf(budget, 'direct buffers')).toMatchObject({
      bytes: null,
      mostBytes: 512 * MIB,
      state: 'default',
    })
    expect(itemOf(budget, 'metaspace')).toMatchObject({ bytes: null, mostBytes: null })
    expect(itemOf(budget, 'code cache').mostBytes).toBe(240 * MIB)
    expect(itemOf(budgetFor('-Xint', {}), 'code cache').mostBytes).toBe(48 * MIB)
  })

  it('fit where everything is bounded below the limit', () => {
    const text =
      '-Xmx256m -XX:MaxMetaspaceSize=100m -XX:ReservedCodeCacheSize=64m -XX:MaxDirectMemorySize=50m'
    const budget = budgetFor(text, { threads: 50 })
    expect(budget).toMatchObject({ verdict: 'fits', budgetBytes: 520 * MIB })
    expect(budget.mostBytes).toBeGreaterThan(534 * MIB)
  })

  it('take what is told before what is set', () => {
    const budget = budgetFor('-XX:MaxMetaspaceSize=256m -XX:MaxDirectMemorySize=200m', {
      metaspaceBytes: 100 * MIB,
      directBytes: 50 * MIB,
    })
    expect(itemOf(budget, 'metaspace')).toMatchObject({ bytes: 100 * MIB, mostBytes: 256 * MIB })
    expect(itemOf(budget, 'direct buffers')).toMatchObject({
      bytes: 50 * MIB,
      mostBytes: 200 * MIB,
    })
  })

  it('never leave more room when something is added', () => {
    const sizes = fc.integer({ min: 1, max: 2 ** 32 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), sizes, sizes, (threads, direct, more) => {
        const before = budgetFor('-Xmx1g', { threads, directBytes: direct })
        const after = budgetFor('-Xmx1g', { threads: threads + 1, directBytes: direct + more })
        expect(after.headroomBytes).toBe(before.headroomBytes - more - MIB)
        expect(after.roomForThreads).toBeLessThanOrEqual(before.roomForThreads)
      }),
    )
  })
})

const SEED = { threads: 50, metaspaceBytes: 150 * MIB, directBytes: 200 * MIB }

function budgetFor(text: string, given: Partial<BudgetRequest>): JvmBudget {
  return budgetOf({
    limitBytes: GIB,
    reading: readJvmFlags(text),
    threads: null,
    classes: null,
    metaspaceBytes: null,
    codeCacheBytes: null,
    directBytes: null,
    processors: null,
    ...given,
  })
}

function itemOf(budget: JvmBudget, name: string): JvmBudget['items'][number] {
  const item = budget.items.find((entry) => entry.name === name)
  if (item === undefined) throw new Error(`no ${name}`)
  return item
}
