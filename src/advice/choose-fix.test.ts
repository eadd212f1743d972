import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleCase } from '../../test/support/sample-case.ts'
import { MIB } from '../model/bytes.ts'
import { VERDICT_CODES } from '../model/case.ts'
import type { Case, CauseCode, Confidence, Remedy, VerdictCode } from '../model/case.ts'
import type { Growth } from '../model/growth.ts'
import type { Sizing } from '../model/sizing.ts'
import { chooseFix } from './choose-fix.ts'
import type { FixChoice, FixQuestion } from './choose-fix.ts'

const [RAISE] = sampleCase().remedies

function remedy(change: Partial<Remedy>): Remedy {
  return {
    id: 'x',
    layer: 'runtime',
    title: 'Do x',
    risk: 'low',
    reversible: true,
    commands: [],
    change: null,
    ...change,
  }
}

function caseOf(code: VerdictCode, change: Partial<Case> = {}): Case {
  const base = sampleCase()
  return { ...base, verdict: { ...base.verdict, code }, ...change }
}

function because(code: CauseCode, confidence: Confidence = 'likely'): Partial<Case> {
  return { causes: [{ code, confidence, summary: `It is ${code}.`, because: [] }] }
}

const GROWTH: Growth = {
  kind: 'steady',
  diagnosis: null,
  confidence: 1,
  slope: null,
  secondsToLimit: null,
  component: null,
  segment: null,
  measure: null,
  perUnit: null,
  process: null,
  region: null,
  because: [],
  missing: [],
}

function sizing(change: Partial<Sizing> = {}): Sizing {
  return {
    subject: null,
    growth: GROWTH,
    limitBytes: 144 * MIB,
    requestBytes: null,
    refused: false,
    buys: null,
    headroom: 0.5,
    confidence: 0.8,
    bounds: [],
    because: ['It needs 96 MiB.'],
    unknown: [],
    ...change,
  }
}

function choose(change: Partial<FixQuestion> = {}): FixChoice {
  return chooseFix({
    found: sampleCase(),
    limitBytes: null,
    remedyId: null,
    sizing: null,
    presentLimitBytes: 32 * MIB,
    earlier: [],
    lastLife: null,
    ...change,
  })
}

function limitOf(choice: FixChoice): number | null {
  return choice.kind === 'change' && choice.change.kind === 'limit'
    ? choice.change.limitBytes
    : null
}

describe('its own limit was reached', () => {
  it('is raised to what it was seen to need', () => {
    const choice = choose({ sizing: sizing() })
    expect(limitOf(choice)).toBe(144 * MIB)
    expect(choice).toMatchObject({ where: 'own', because: ['It needs 96 MiB.'], warnings: [] })
  })

  it('is doubled where nothing was seen but the kill', () => {
    expect(limitOf(choose())).toBe(64 * MIB)
  })

  it('is doubled where what was seen is less than the limit at which it was killed', () => {
    expect(limitOf(choose({ sizing: sizing({ limitBytes: 16 * MIB }) }))).toBe(64 * MIB)
  })

  it('a limit above it that was reached is what is raised', () => {
    const found = caseOf('oom-ancestor-limit')
    // What the container needs says nothing about what its group needs.
    const choice = choose({ found, sizing: sizing() })
    expect(choice).toMatchObject({ where: 'shared' })
    expect(limitOf(choice)).toBe(64 * MIB)
  })
})

it('a remedy that cures comes before the limit', () => {
  const set = { NODE_OPTIONS: '--max-old-space-size=22' }
  const fit = remedy({ id: 'fit-heap', change: { kind: 'environment', set } })
  const found = sampleCase({ remedies: [remedy({}), fit, ...(RAISE === undefined ? [] : [RAISE])] })
  expect(choose({ found })).toMatchObject({ remedy: { id: 'fit-heap' }, change: { set } })
  expect(limitOf(choose({ found, remedyId: 'raise-limit' }))).toBe(64 * MIB)
  expect(choose({ found, remedyId: 'x' })).toMatchObject({ kind: 'nothing' })
})

it('kernel settings are the machine’s', () => {
  const set = { 'vm.dirty_bytes': '838860800' }
  const found = sampleCase({ remedies: [remedy({ change: { kind: 'sysctl', set } })] })
  expect(choose({ found })).toMatchObject({ where: 'machine', change: { set } })
})

it('a heap that may outgrow the limit is minded, so that nobody trusts a higher limit alone', () => {
  expect(choose({ found: sampleCase(because('heap-over-limit', 'certain')) })).toMatchObject({
    kind: 'change',
    warnings: [expect.stringContaining('make the heap smaller')],
  })
})

it('a limit that holds the heap needs no such word', () => {
  const found = sampleCase(because('heap-over-limit', 'certain'))
  const bound = { name: 'runtime settings', kind: 'at-least', says: 'It fills that.' } as const
  const holds = sizing({ bounds: [{ ...bound, bytes: 144 * MIB, binds: true }] })
  expect(choose({ found, sizing: holds })).toMatchObject({
    because: ['It fills that.'],
    warnings: [],
  })
})

describe('a leak', () => {
  const leaks = sampleCase(because('leak'))

  it('is not fixed by a higher limit', () => {
    const choice = choose({ found: leaks })
    expect(choice).toMatchObject({ kind: 'nothing' })
    expect(choice.because.join(' ')).toContain('--limit')
  })

  it('is told by its recording, with what a limit would buy', () => {
    const growth: Growth = { ...GROWTH, kind: 'leak', diagnosis: 'leak' }
    const buys = { limitBytes: 64 * MIB, seconds: 5 * 3_600 }
    const choice = choose({ sizing: sizing({ growth, limitBytes: null, refused: true, buys }) })
    expect(choice).toMatchObject({ kind: 'nothing' })
    expect(choice.because).toContain('A limit of 64 MiB would buy 5 hours, and end nothing.')
  })

  it('is told by a second kill after the limit was raised', () => {
    const found = caseOf('oom-own-limit', because('limit-too-low', 'possible'))
    const at = found.at ?? 0
    const earlier = [{ id: 'fix-1', appliedAt: at - 3_600_000, limitBytes: 32 * MIB }]
    expect(choose({ found, earlier })).toMatchObject({ kind: 'nothing' })
    // A fix that came after the kill has not been tried by it.
    const later = [{ id: 'fix-1', appliedAt: at + 1, limitBytes: 32 * MIB }]
    expect(choose({ found, earlier: later })).toMatchObject({ kind: 'change' })
    // One that dies while it starts never fitted, and needs more again.
    const starting = caseOf('oom-own-limit', because('limit-too-low', 'likely'))
    expect(choose({ found: starting, earlier })).toMatchObject({ kind: 'change' })
  })

  it('gets the limit that the user names, with what it buys', () => {
    const growth: Growth = {
      ...GROWTH,
      kind: 'leak',
      diagnosis: 'leak',
      slope: { perSecond: (16 * MIB) / 3_600, low: 1, high: 1e6 },
    }
    const choice = choose({ found: leaks, limitBytes: 64 * MIB, sizing: sizing({ growth }) })
    expect(limitOf(choice)).toBe(64 * MIB)
    expect(choice.kind === 'change' ? choice.warnings : []).toContain(
      'At the rate at which it grows this buys 2 hours; it cures nothing.',
    )
  })

  it('without a recording it is told by how long its last life lasted', () => {
    const lastLife = { at: null, limitBytes: 32 * MIB, uptimeSeconds: 4 * 3_600 }
    const choice = choose({ found: leaks, limitBytes: 48 * MIB, lastLife })
    expect(choice.kind === 'change' ? choice.warnings : []).toContain(
      'At the rate at which it grows this buys 2 hours; it cures nothing.',
    )
  })

  it('that is only possible is a warning', () => {
    const choice = choose({ found: sampleCase(because('leak', 'possible')) })
    expect(choice.kind === 'change' ? choice.warnings : []).toHaveLength(1)
  })
})

it.each(['tmpfs', 'kernel-memory'] as const)('%s is not cured by the limit alone', (code) => {
  expect(choose({ found: sampleCase(because(code)) })).toMatchObject({ kind: 'nothing' })
  const said = choose({ found: sampleCase(because(code)), limitBytes: 64 * MIB })
  expect(said.kind === 'change' ? said.warnings : []).toHaveLength(1)
})

describe('a verdict without a limit', () => {
  it.each(['oom-host', 'evicted', 'oom-userspace', 'killed-not-memory', 'healthy'] as const)(
    '%s says what helps instead',
    (code) => {
      const choice = choose({ found: caseOf(code, { remedies: [] }) })
      expect(choice.kind).toBe('nothing')
      expect(choice.because[0]).toMatch(/\.$/)
    },
  )

  it('a machine that ran out gets worse by a higher limit, and better by a lower one', () => {
    const found = caseOf('oom-host', { remedies: [] })
    expect(choose({ found, limitBytes: 64 * MIB })).toMatchObject({ kind: 'nothing' })
    expect(limitOf(choose({ found, limitBytes: 16 * MIB }))).toBe(16 * MIB)
    expect(limitOf(choose({ found, limitBytes: 64 * MIB, presentLimitBytes: null }))).toBe(64 * MIB)
  })

  it('an unknown killer is not decided', () => {
    expect(choose({ found: caseOf('killed-unknown') })).toMatchObject({ kind: 'undecided' })
  })
})

it('whatever is known, a limit that stella finds is higher than the one that was reached', () => {
  const cause = fc.constantFrom<CauseCode>('limit-too-low', 'leak', 'tmpfs', 'burst', 'unknown')
  const confidence = fc.constantFrom<Confidence>('certain', 'likely', 'possible')
  const sized = fc.option(fc.integer({ min: 1, max: 2 ** 40 }))
  fc.assert(
    fc.property(
      fc.constantFrom(...VERDICT_CODES),
      cause,
      confidence,
      sized,
      (code, why, how, bytes) => {
        const found = caseOf(code, because(why, how))
        const choice = choose({
          found,
          sizing: bytes === null ? null : sizing({ limitBytes: bytes }),
        })
        const limit = limitOf(choice)
        if (limit !== null) expect(limit).toBeGreaterThan(found.binding.limitBytes ?? 0)
        expect(choice.because.length).toBeGreaterThan(0)
      },
    ),
  )
})
