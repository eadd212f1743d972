import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../model/bytes.ts'
import { NO_SAMPLE } from '../model/series.ts'
import type { Sample } from '../model/series.ts'
import { judgeFix } from './judge.ts'
import type { Look, Seen } from './seen.ts'

const CHANGED = Date.UTC(2026, 4, 1, 12)
const WORKLOAD = { image: 'shop/web:1', imageId: 'sha256:aaa', command: ['serve', '--port=80'] }

function sample(change: Partial<Sample> = {}): Sample {
  return {
    ...NO_SAMPLE,
    at: CHANGED,
    usageBytes: 110 * MIB,
    unreclaimableBytes: 108 * MIB,
    workingSetBytes: 109 * MIB,
    peakBytes: 114 * MIB,
    limitHits: 0,
    oomKills: 0,
    ...change,
  }
}

/** The workload as it should be, so many seconds after the change. */
function look(seconds: number, change: Partial<Look> = {}): Look {
  return {
    at: CHANGED + seconds * 1_000,
    running: true,
    id: 'c0ffee',
    startedAt: CHANGED - 5_000,
    restartCount: 0,
    workload: WORKLOAD,
    limit: 256 * MIB,
    configuredLimitBytes: 256 * MIB,
    sample: sample(),
    countsFromStart: true,
    settings: null,
    ...change,
  }
}

function seen(change: Partial<Seen> = {}): Seen {
  return {
    fix: {
      change: { kind: 'limit', limitBytes: 256 * MIB, requestBytes: null },
      method: 'recreate',
      workload: WORKLOAD,
      at: CHANGED - 8_000,
    },
    since: CHANGED,
    until: CHANGED + 60_000,
    looks: [look(1), look(60)],
    troubles: [],
    heard: true,
    hostBytes: 8 * GIB,
    isMachine: false,
    growth: null,
    probe: null,
    ...change,
  }
}

/** Looks at the beginning and at the end of the window, the same but for this. */
function withLook(change: Partial<Look>): Seen {
  return seen({ looks: [look(1, change), look(60, change)] })
}

function failed(of: Seen): string[] {
  return judgeFix(of)
    .checks.filter(({ ok }) => ok === false)
    .map(({ name }) => name)
}

it('holds where everything is as planned for the whole window', () => {
  const { result, checks } = judgeFix(seen())
  expect(result).toBe('holds')
  expect(checks.find(({ name }) => name === 'limit in force')).toMatchObject({
    ok: true,
    actual: '256 MiB (268435456 bytes)',
  })
})

it('is not proven before the window is over', () => {
  const { result, checks } = judgeFix(seen({ looks: [look(1), look(59)] }))
  expect(result).toBe('not-yet')
  expect(checks.at(-1)).toEqual({
    name: 'stable long enough',
    ok: null,
    actual: '59 s since the change',
    expected: '60 s',
  })
})

describe('what looks well and is not', () => {
  it('an idle container in place of the workload', () => {
    const idle = { ...WORKLOAD, command: ['sleep', 'infinity'] }
    expect(failed(withLook({ workload: idle }))).toEqual(['same workload'])
  })

  it('another image under the same name', () => {
    const other = { ...WORKLOAD, imageId: 'sha256:bbb' }
    expect(failed(withLook({ workload: other }))).toEqual(['same workload'])
  })

  it('a limit that the machine cannot give', () => {
    const absurd = 1_000 * GIB
    const change = { kind: 'limit', limitBytes: absurd, requestBytes: null } as const
    const { fix } = seen()
    const cheat = withLook({ limit: absurd, configuredLimitBytes: absurd })
    expect(failed({ ...cheat, fix: fix === null ? null : { ...fix, change } })).toEqual([
      'limit in force',
    ])
  })

  it('no limit at all', () => {
    expect(failed(withLook({ limit: 'none', configuredLimitBytes: null }))).toEqual([
      'limit in force',
    ])
  })

  it('a limit in the configuration alone', () => {
    const { result, checks } = judgeFix(withLook({ limit: 128 * MIB }))
    expect(result).toBe('fails')
    expect(checks.find(({ name }) => name === 'limit in force')?.actual).toBe(
      '128 MiB (134217728 bytes); the configuration alone says 256 MiB (268435456 bytes)',
    )
  })

  it('a kill of a child, which the main process outlives', () => {
    const kill = {
      kind: 'kill',
      at: CHANGED + 30_000,
      says: 'the kernel killed worker (PID 7)',
    } as const
    expect(failed(seen({ troubles: [kill] }))).toEqual(['no kill since the change'])
  })

  it('a kill that the counter alone tells', () => {
    const looks: Seen['looks'] = [look(1), look(60, { sample: sample({ oomKills: 1 }) })]
    expect(failed(seen({ looks, heard: false }))).toEqual(['no kill since the change'])
  })

  it('a kill between the change and the first look', () => {
    expect(failed(withLook({ sample: sample({ oomKills: 1 }) }))).toEqual([
      'no kill since the change',
    ])
  })

  it('a restart, by the engine or by hand', () => {
    const again = look(60, { startedAt: CHANGED + 20_000 })
    expect(failed(seen({ looks: [look(1), again] }))).toEqual(['no restart since the change'])
    const counted = look(60, { restartCount: 1 })
    expect(failed(seen({ looks: [look(1), counted] }))).toEqual(['no restart since the change'])
    const other = look(60, { id: 'another' })
    expect(failed(seen({ looks: [look(1), other] }))).toEqual(['no restart since the change'])
  })

  it('one that ended', () => {
    const looks: Seen['looks'] = [look(1), look(2, { running: false, sample: null })]
    expect(failed(seen({ looks }))).toEqual(['running', 'no restart since the change'])
  })

  it('one that is dead, of which it says what limit it would have, and not that it has none', () => {
    const dead = look(60, { running: false, sample: null, limit: null })
    const told = (of: Seen) => judgeFix(of).checks.map(({ name, actual }) => `${name}: ${actual}`)
    const checks = told(seen({ fix: null, looks: [dead] }))
    expect(checks).toContain(
      'limit in force: none is in force, it would start with 256 MiB (268435456 bytes)',
    )
    expect(checks).toContain('peak below the warning line: it does not run')
    expect(checks).toContain('limit not reached by its own memory: it does not run')
    const without = { ...dead, configuredLimitBytes: null }
    expect(told(seen({ fix: null, looks: [without] })).join()).toContain(
      'none is in force, and no limit is known that it would start with',
    )
  })

  it('memory of its own that comes near the limit', () => {
    const full = sample({ unreclaimableBytes: 210 * MIB, peakBytes: 250 * MIB })
    expect(failed(withLook({ sample: full }))).toEqual(['peak below the warning line'])
  })

  it('its own memory running against the limit', () => {
    const before = sample({ unreclaimableBytes: 220 * MIB, peakBytes: 256 * MIB, limitHits: 3 })
    const looks: Seen['looks'] = [
      look(1, { sample: before }),
      look(60, { sample: { ...before, limitHits: 9 } }),
    ]
    expect(failed(seen({ looks }))).toEqual([
      'peak below the warning line',
      'limit not reached by its own memory',
    ])
  })

  it('a probe that gets no answer', () => {
    expect(failed(seen({ probe: { ok: false, code: 503, says: 'status 503' } }))).toEqual(['probe'])
  })

  it('a variable that stands in the configuration and not in the process', () => {
    const fix = {
      change: { kind: 'environment', set: { NODE_OPTIONS: '--max-old-space-size=89' } },
      method: 'recreate',
      workload: WORKLOAD,
      at: CHANGED - 8_000,
    } as const
    const without = { ...withLook({ settings: { NODE_OPTIONS: null } }), fix }
    expect(failed(without)).toEqual(['settings in force'])
    const inForce = { ...withLook({ settings: { ...fix.change.set } }), fix }
    expect(judgeFix(inForce).result).toBe('holds')
  })
})

describe('what looks bad and is not', () => {
  it('page cache that fills the limit', () => {
    const cached = sample({ usageBytes: 256 * MIB, peakBytes: 256 * MIB, limitHits: 900 })
    const { result, checks } = judgeFix(withLook({ sample: cached }))
    expect(result).toBe('holds')
    expect(checks.find(({ name }) => name === 'peak below the warning line')?.actual).toBe(
      "108 MiB of memory of its own; the kernel's mark, which counts page cache and what came before, is 256 MiB",
    )
  })

  it('pages that wait to be written', () => {
    const copying = sample({
      usageBytes: 256 * MIB,
      peakBytes: 256 * MIB,
      unreclaimableBytes: 230 * MIB,
      anonBytes: 20 * MIB,
      shmemBytes: 0,
      kernelBytes: 2 * MIB,
      limitHits: 50,
    })
    expect(judgeFix(withLook({ sample: copying })).result).toBe('holds')
  })

  it('kills that a bare group counted before the change, also where it was started again since', () => {
    const again = { sample: sample({ oomKills: 5, limitHits: 40 }) }
    expect(failed(withLook(again))).toContain('no kill since the change')
    expect(failed(withLook({ ...again, countsFromStart: false }))).toEqual([])
  })

  it('kills that an old life counted before the change', () => {
    const { fix } = seen()
    const old = { startedAt: CHANGED - 3_600_000, sample: sample({ oomKills: 5, limitHits: 40 }) }
    const inPlace = withLook(old)
    expect(
      judgeFix({ ...inPlace, fix: fix === null ? null : { ...fix, method: 'in-place' } }).result,
    ).toBe('holds')
  })
})

it('stays open where nobody could be asked for kills', () => {
  const { fix } = seen()
  const late = look(50, { startedAt: CHANGED - 3_600_000, sample: null, limit: 256 * MIB })
  const deaf = seen({
    fix: fix === null ? null : { ...fix, method: 'in-place' },
    looks: [late, { ...late, at: CHANGED + 60_000 }],
    heard: false,
  })
  const { result, checks } = judgeFix(deaf)
  expect(result).toBe('not-yet')
  expect(checks.find(({ name }) => name === 'no kill since the change')?.ok).toBeNull()
})

it('never holds while something that is needed is not known', () => {
  const unknown: fc.Arbitrary<Partial<Look>> = fc.constantFrom(
    { running: null },
    { limit: null },
    { startedAt: null },
    { workload: null },
    { sample: null, limit: 256 * MIB },
  )
  fc.assert(
    fc.property(unknown, (change) => {
      expect(judgeFix(withLook(change)).result).not.toBe('holds')
    }),
  )
})

it('asks nothing of the machine that only a container can have', () => {
  const { fix } = seen()
  const change = { kind: 'sysctl', set: { 'vm.dirty_bytes': '838860800' } } as const
  const machine = withLook({
    id: null,
    startedAt: null,
    restartCount: null,
    workload: null,
    limit: null,
    configuredLimitBytes: null,
    sample: null,
    settings: { ...change.set },
  })
  const of = { ...machine, isMachine: true, fix: fix === null ? null : { ...fix, change } }
  expect(judgeFix(of)).toMatchObject({ result: 'holds' })
  expect(
    judgeFix({ ...of, looks: [look(60, { settings: { 'vm.dirty_bytes': '0' } })] }),
  ).toMatchObject({ result: 'fails' })
})
