import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { usageError } from '../model/errors.ts'
import type { ChangePlan, FixStep } from '../model/fix.ts'
import { textField } from '../parsers/json-fields.ts'
import { hostReader } from '../sources/reader.ts'
import { fixStore } from '../store/fixes.ts'
import type { Driver } from './driver.ts'
import { applyPlan, planChange, recoverFixes, undoFix } from './engine.ts'
import type { FixOrder } from './engine.ts'
import type { Workshop } from './workshop.ts'

const TARGET = { kind: 'unit', name: 'web.service' } as const
const LIMIT = { kind: 'limit', limitBytes: 1 << 28, requestBytes: null } as const

let folder = ''
let clock = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-engine-'))
  mkdirSync(join(folder, 'world'))
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'world', name), 'before')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function world(): Record<string, string> {
  const names = readdirSync(join(folder, 'world')).toSorted()
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, 'world', name), 'utf8')]),
  )
}

const BEFORE = { a: 'before', b: 'before', c: 'before' }
const AFTER = { a: 'after', b: 'after', c: 'after' }

/** A platform of files: each step turns one from `before` to `after`. */
function fileDriver(onStep: (step: FixStep) => void = () => {}): Driver {
  const fileOf = ({ data }: FixStep): string => join(folder, 'world', textField(data, 'file') ?? '')
  return {
    platform: 'systemd',
    handles: (target) => target.kind === 'unit',
    plan: () => Promise.resolve(plan()),
    carryOut: async (step) => {
      writeFileSync(fileOf(step), 'after')
      onStep(step)
      return { wrote: step.id }
    },
    takeBack: async (step, _hands, { force }) => {
      const now = readFileSync(fileOf(step), 'utf8')
      if (now !== 'before' && now !== 'after' && !force) throw new Error(`${step.id} holds ${now}`)
      writeFileSync(fileOf(step), 'before')
    },
  }
}

function plan(changes: ChangePlan['changes'] = []): ChangePlan {
  return {
    platform: 'systemd',
    target: TARGET,
    method: 'file',
    title: 'change three files',
    risk: 'low',
    warnings: [],
    changes,
    diff: '',
    steps: ['a', 'b', 'c'].map((file) => ({
      id: file,
      says: `write ${file}`,
      command: null,
      data: { file },
    })),
    workload: { image: null, imageId: null, command: [] },
  }
}

function order(made = plan()): FixOrder {
  return {
    plan: made,
    change: LIMIT,
    subject: { platform: 'cgroup', name: 'web.service', id: null, image: null },
    caseId: 'c_1',
    remedyId: 'raise-limit',
    layer: 'container',
    evidence: [{ name: 'case.json', text: '{}' }],
  }
}

function workshop(driver: Driver, signal = new AbortController().signal): Workshop {
  // Each look at the clock is a second later, so that fixes have an order.
  const now = (): number => 1_700_000_000_000 + 1_000 * clock++
  return {
    drivers: [driver],
    store: fixStore(folder),
    hands: { reader: hostReader({ now }), signal },
  }
}

const gently = { force: false }

describe('a fix that goes well', () => {
  it('is written down with its evidence before the first step, and readable by its owner alone', async () => {
    const seen: unknown[] = []
    const shop = workshop(
      fileDriver((step) => {
        const [record] = shop.store.list()
        seen.push([step.id, record?.state, record?.begun, record?.done])
        expect(existsSync(join(folder, 'fixes', record?.id ?? '', 'case.json'))).toBe(true)
      }),
    )
    const fix = await applyPlan(order(), shop)
    expect(seen).toEqual([
      ['a', 'applying', ['a'], []],
      ['b', 'applying', ['a', 'b'], ['a']],
      ['c', 'applying', ['a', 'b', 'c'], ['a', 'b']],
    ])
    expect(fix).toMatchObject({ state: 'applied', done: ['a', 'b', 'c'], problem: null })
    expect(fix.plan.steps[0]?.data).toEqual({ file: 'a', wrote: 'a' })
    expect(world()).toEqual(AFTER)
    expect(fixStore(folder).read(fix.id)).toEqual(fix)
    const file = join(folder, 'fixes', fix.id, 'record.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'fixes')).mode & 0o777).toBe(0o700)
  })

  it('is taken back, once', async () => {
    const shop = workshop(fileDriver())
    const fix = await applyPlan(order(), shop)
    expect(await undoFix(TARGET, shop, gently)).toMatchObject({ id: fix.id, state: 'undone' })
    expect(world()).toEqual(BEFORE)
    writeFileSync(join(folder, 'world', 'a'), 'mine')
    expect((await undoFix(fix.id, shop, gently)).state).toBe('undone')
    expect(world()['a']).toBe('mine')
  })

  it('is not taken back where somebody else changed it since, but by force', async () => {
    const shop = workshop(fileDriver())
    const fix = await applyPlan(order(), shop)
    writeFileSync(join(folder, 'world', 'c'), 'mine')
    await expect(undoFix(fix.id, shop, gently)).rejects.toThrow('c holds mine')
    expect(shop.store.read(fix.id)?.state).toBe('applied')
    expect(world()).toEqual({ ...AFTER, c: 'mine' })
    expect((await undoFix(fix.id, shop, { force: true })).state).toBe('undone')
    expect(world()).toEqual(BEFORE)
  })

  it('is taken back in its turn where there are several', async () => {
    const shop = workshop(fileDriver())
    const first = await applyPlan(order(), shop)
    const second = await applyPlan(order(), shop)
    await expect(undoFix(first.id, shop, gently)).rejects.toThrow(second.id)
    expect((await undoFix(TARGET, shop, gently)).id).toBe(second.id)
    expect((await undoFix(TARGET, shop, gently)).id).toBe(first.id)
  })
})

describe('a fix that goes wrong', () => {
  it.each(['a', 'b', 'c'])('is taken back when the step %s fails', async (last) => {
    const shop = workshop(
      fileDriver((step) => {
        if (step.id === last) throw new Error('no room')
      }),
    )
    expect(await applyPlan(order(), shop)).toMatchObject({
      state: 'rolled-back',
      begun: [],
      problem: `write ${last}: no room`,
    })
    expect(world()).toEqual(BEFORE)
  })

  it('keeps what to do next, where the platform knows it', async () => {
    const driver = fileDriver(() => {
      throw usageError('there is no room', null, 'make some')
    })
    const { problem } = await applyPlan(order(), workshop(driver))
    expect(problem).toBe('write a: there is no room; make some')
  })

  it('is taken back when it is interrupted, by a way back that is not', async () => {
    const interruption = new AbortController()
    const driver = fileDriver((step) => {
      if (step.id === 'b') interruption.abort()
    })
    const takeBack: Driver['takeBack'] = (step, hands, options) => {
      expect(hands.signal.aborted).toBe(false)
      return driver.takeBack(step, hands, options)
    }
    const fix = await applyPlan(order(), workshop({ ...driver, takeBack }, interruption.signal))
    expect(fix).toMatchObject({ state: 'rolled-back', problem: 'write c: it was interrupted' })
    expect(world()).toEqual(BEFORE)
  })

  it('says what is left where it cannot be taken back, and lets nothing be built on it', async () => {
    const shop = workshop(
      fileDriver((step) => {
        if (step.id !== 'c') return
        writeFileSync(join(folder, 'world', 'b'), 'mine')
        throw new Error('no room')
      }),
    )
    const fix = await applyPlan(order(), shop)
    expect(fix).toMatchObject({ state: 'stuck', begun: ['a', 'b'] })
    expect(fix.problem).toBe('write c: no room; not taken back: write a, write b: b holds mine')
    await expect(applyPlan(order(), shop)).rejects.toThrow(/is stuck half-way/)
    await expect(undoFix(fix.id, shop, gently)).rejects.toThrow(/is stuck half-way/)
    expect((await undoFix(fix.id, shop, { force: true })).state).toBe('rolled-back')
    expect(world()).toEqual(BEFORE)
    await expect(undoFix('fix-none', shop, gently)).rejects.toThrow('there is no fix fix-none')
  })
})

describe('what no fix does', () => {
  it.each([0, -1, 1.5, 2 ** 62, Number.NaN])('a limit of %s is refused', async (limitBytes) => {
    const request = { target: TARGET, change: { ...LIMIT, limitBytes }, recreate: false }
    const { drivers, hands } = workshop(fileDriver())
    await expect(planChange(drivers, request, hands)).rejects.toThrow(
      'a fix never takes a memory limit away',
    )
  })

  it.each([
    ['refused', 1],
    ['denied', 3],
  ] as const)('what is known to be %s is not begun', async (kind, exitCode) => {
    const shop = workshop(fileDriver())
    const problems = [{ kind, says: 'the namespace has no room', todo: 'ask for less' }]
    await expect(applyPlan(order({ ...plan(), problems }), shop)).rejects.toMatchObject({
      exitCode,
      message: 'not changed: the namespace has no room',
      todo: 'ask for less',
    })
    expect(world()).toEqual(BEFORE)
    expect(shop.store.list()).toEqual([])
  })

  it.each([
    ['HostConfig.Memory', '32 MiB', null],
    ['MemoryMax', '33554432', 'infinity'],
    ['memory.max', '33554432', 'max'],
    ['spec.containers[0].resources.limits.memory', '256Mi', null],
    ['HostConfig.OomKillDisable', 'false', 'true'],
    ['oom_score_adj', '0', '-1000'],
    ['OOMScoreAdjust', '100', null],
  ])('a driver that plans %s from %s to %s is refused', async (field, before, after) => {
    const shop = workshop(fileDriver())
    const bad = plan([{ field, before, after }])
    await expect(applyPlan(order(bad), shop)).rejects.toThrow(/which no fix may do/)
    expect(world()).toEqual(BEFORE)
    expect(shop.store.list()).toEqual([])
  })

  it.each([
    ['MemoryMax', null, '33554432'],
    ['MemoryHigh', '30000000', null],
    ['oom_score_adj', '0', '500'],
  ])('a driver may plan %s from %s to %s', async (field, before, after) => {
    const fix = await applyPlan(order(plan([{ field, before, after }])), workshop(fileDriver()))
    expect(fix.state).toBe('applied')
  })
})

describe('two at once', () => {
  it('one is made, and the other one refused with the name of the first', async () => {
    let second: Promise<unknown> = Promise.resolve()
    const shop = workshop(
      fileDriver((step) => {
        if (step.id === 'b') second = applyPlan(order(), workshop(fileDriver())).catch(String)
      }),
    )
    const slow: Driver = {
      ...fileDriver(),
      carryOut: async (step, hands) => {
        const learned = await shop.drivers[0]?.carryOut(step, hands)
        await second
        return learned ?? {}
      },
    }
    const fix = await applyPlan(order(), { ...shop, drivers: [slow] })
    expect(fix.state).toBe('applied')
    expect(await second).toMatch(new RegExp(`process ${process.pid} with ${fix.id}`))
    expect(readdirSync(join(folder, 'fixes', 'locks'))).toEqual([])
  })
})

describe('the death of stella', () => {
  const child = fileURLToPath(new URL('../../test/support/dying-fix.ts', import.meta.url))

  /** Runs a fix in a process of its own that kills itself there. */
  function dieAt(step: string, when: 'before' | 'after', action: 'apply' | 'undo'): void {
    const died = spawnSync(process.execPath, [child, folder, step, when, action], {
      encoding: 'utf8',
    })
    expect(died.signal, died.stderr).toBe('SIGKILL')
  }

  it.each([
    ['a', 'before'],
    ['a', 'after'],
    ['b', 'after'],
    ['c', 'before'],
    ['c', 'after'],
  ] as const)('at the step %s, %s it: the next one takes it back first', async (step, when) => {
    dieAt(step, when, 'apply')
    const shop = workshop(fileDriver())
    const [left] = shop.store.list()
    expect(left?.state).toBe('applying')
    const fix = await applyPlan(order(), shop)
    expect(fix.state).toBe('applied')
    expect(shop.store.read(left?.id ?? '')).toMatchObject({ state: 'rolled-back', begun: [] })
    await undoFix(fix.id, shop, gently)
    expect(world()).toEqual(BEFORE)
  })

  it('is found without another fix, too', async () => {
    dieAt('b', 'after', 'apply')
    expect(world()).toEqual({ a: 'after', b: 'after', c: 'before' })
    const recovered = await recoverFixes(workshop(fileDriver()))
    expect(recovered.map(({ state, problem }) => [state, problem])).toEqual([
      ['rolled-back', 'the stella that made it ended half-way'],
    ])
    expect(world()).toEqual(BEFORE)
    expect(await recoverFixes(workshop(fileDriver()))).toEqual([])
  })

  it('in the middle of an undo: the undo is finished', async () => {
    const fix = await applyPlan(order(), workshop(fileDriver()))
    dieAt('b', 'after', 'undo')
    expect(world()).toEqual({ a: 'after', b: 'before', c: 'before' })
    expect((await recoverFixes(workshop(fileDriver())))[0]).toMatchObject({
      id: fix.id,
      state: 'undone',
    })
    expect(world()).toEqual(BEFORE)
  })
})
