import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleCase } from '../../test/support/sample-case.ts'
import type { CaseEntry } from '../store/cases.ts'
import { createKillCounts, targetOf } from './kill-counts.ts'
import type { KillCounts } from './kill-counts.ts'

const START = Date.UTC(2026, 10, 21)
const HOST = { id: 'a1', name: 'one' }
const MINUTE = 60_000
const DAY = 86_400_000

function entry(
  incident: string,
  { at = START, revision = 1, died = true, name = 'web' }: Partial<Choice> = {},
): CaseEntry {
  const plain = sampleCase({ id: `c_${incident}`, at })
  const verdict = { ...plain.verdict, mainProcessDied: died }
  const subject = { platform: 'docker', name, id: null, image: null } as const
  return { kind: 'case', at, incident, revision, case: { ...plain, verdict, subject } }
}
interface Choice {
  at: number
  revision: number
  died: boolean | null
  name: string
}

function clock(at: number): { now: () => number; pass(ms: number): void } {
  let time = at
  return { now: () => time, pass: (ms) => void (time += ms) }
}

const kills = (counts: KillCounts): number => counts.scopes.get('container') ?? 0
const containers = (counts: KillCounts): string[] =>
  [...counts.containers].map(
    ({ target, mainProcess, count }) => `${target} ${mainProcess} ${count}`,
  )

describe('counts of kills', () => {
  it('go on where the server before has left them', () => {
    const first = createKillCounts({ now: () => START, kept: null })
    first.take(HOST, entry('1'))
    const second = createKillCounts({ now: () => START + MINUTE, kept: first.kept() })
    expect(kills(second)).toBe(1)
    second.take(HOST, entry('1'))
    second.take(HOST, entry('2', { at: START + 2 * MINUTE }))
    expect(kills(second)).toBe(2)
    expect(second.verdicts.get('oom-own-limit')).toBe(2)
    expect(containers(second)).toEqual(['docker:web died 2'])
  })

  it('hold nothing of what was there before the very first start', () => {
    const first = createKillCounts({ now: () => START, kept: null })
    first.take(HOST, entry('1', { at: START - 1 }))
    first.wereRead()
    const second = createKillCounts({ now: () => START + MINUTE, kept: first.kept() })
    second.wereRead()
    second.take(HOST, entry('1', { at: START - 1 }))
    second.settle()
    expect(kills(second)).toBe(0)
  })

  it('rise by what happened while no server was there only when they were read as they stood', () => {
    const first = createKillCounts({ now: () => START, kept: null })
    const { now, pass } = clock(START + MINUTE)
    const second = createKillCounts({ now, kept: first.kept() })
    second.take(HOST, entry('1', { at: START + 1 }))
    second.settle()
    expect(kills(second)).toBe(0)
    second.wereRead()
    second.settle()
    expect(kills(second)).toBe(1)
    const third = createKillCounts({ now, kept: first.kept() })
    third.take(HOST, entry('1', { at: START + 1 }))
    pass(MINUTE)
    third.settle()
    expect(kills(third)).toBe(1)
  })

  it('of more that wait than have room the first counts at once, and each counts once', () => {
    const first = createKillCounts({ now: () => START, kept: null })
    const second = createKillCounts({ now: () => START + MINUTE, kept: first.kept() })
    for (let at = 0; at < 5_100; at++) second.take(HOST, entry(`${at}`, { at: START + 1 }))
    expect(kills(second)).toBe(100)
    second.take(HOST, entry('0', { at: START + 1 }))
    second.wereRead()
    second.settle()
    expect(kills(second)).toBe(5_100)
  })

  it('wait a moment for what became of the main process', () => {
    const { now, pass } = clock(START)
    const counts = createKillCounts({ now, kept: null })
    counts.take(HOST, entry('1', { died: null, name: 'one' }))
    counts.take(HOST, entry('2', { died: null, name: 'two' }))
    counts.settle()
    expect(kills(counts)).toBe(0)
    counts.take(HOST, entry('1', { revision: 2, died: false, name: 'one' }))
    expect(containers(counts)).toEqual(['docker:one survived 1'])
    pass(MINUTE)
    counts.settle()
    expect(containers(counts)).toEqual(['docker:one survived 1', 'docker:two unknown 1'])
  })

  it('take an incident whose first word never came', () => {
    const counts = createKillCounts({ now: () => START, kept: null })
    counts.take(HOST, entry('1', { revision: 2 }))
    expect(kills(counts)).toBe(1)
  })

  it('leave out containers of long ago, and the oldest where there are too many', () => {
    const { now, pass } = clock(START)
    const counts = createKillCounts({ now, kept: null })
    counts.take(HOST, entry('old', { name: 'old' }))
    pass(8 * DAY)
    for (let at = 0; at < 2_001; at++) counts.take(HOST, entry(`${at}`, { name: `c${at}` }))
    counts.settle()
    const told = containers(counts)
    expect(told).toHaveLength(2_000)
    expect(told).not.toContain('docker:old died 1')
    expect(told).not.toContain('docker:c0 died 1')
    expect(kills(counts)).toBe(2_002)
  })

  it('count each incident once and never fall, whatever is told, read and started again', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('take' as const),
        incident: fc.integer({ min: 0, max: 8 }),
        died: fc.constantFrom(true, false, null),
        age: fc.integer({ min: 0, max: 3 * MINUTE }),
      }),
      fc.record({ kind: fc.constantFrom('read' as const, 'restart' as const, 'wait' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { now, pass } = clock(START)
        let counts = createKillCounts({ now, kept: null })
        const told = new Map<string, CaseEntry>()
        let last = 0
        for (const one of steps) {
          pass(1_000)
          if (one.kind === 'take') {
            const at = Math.max(START, now() - one.age)
            const before = told.get(`${one.incident}`)
            const revision = (before?.revision ?? 0) + 1
            const next = entry(`${one.incident}`, {
              at: before?.case.at ?? at,
              revision,
              died: one.died,
            })
            told.set(`${one.incident}`, next)
            counts.take(HOST, next)
          }
          if (one.kind === 'read') counts.wereRead()
          if (one.kind === 'wait') pass(MINUTE)
          if (one.kind === 'restart') {
            counts = createKillCounts({ now, kept: counts.kept() })
            // The journal is read again.
            for (const known of told.values()) counts.take(HOST, known)
          }
          counts.settle()
          expect(kills(counts)).toBeGreaterThanOrEqual(last)
          last = kills(counts)
        }
        pass(10 * MINUTE)
        counts.settle()
        expect(kills(counts)).toBe(told.size)
      }),
    )
  })
})

it('the target of a container has its name, or the short form of its id', () => {
  const id = 'a'.repeat(64)
  expect(targetOf({ platform: 'docker', name: 'web', id })).toBe('docker:web')
  expect(targetOf({ platform: 'docker', name: null, id })).toBe('docker:aaaaaaaaaaaa')
  expect(targetOf({ platform: 'kubernetes', name: 'shop/cart/app', id })).toBe('k8s:shop/cart/app')
  expect(targetOf({ platform: 'cgroup', name: `/${'x'.repeat(999)}`, id: null })).toHaveLength(256)
})
