import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { Change, ChangePlan, FixStep } from '../../src/model/fix.ts'
import { host } from '../../src/remedy/platforms/host/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup, type TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

const hands = { reader: hostReader(), signal: new AbortController().signal }
const groups: TestGroup[] = []

function group(name: string, limitBytes?: number): TestGroup {
  const made = createGroup(`fix-${name}`, limitBytes)
  groups.push(made)
  return made
}

function planLimit(path: string, limitBytes: number): Promise<ChangePlan> {
  const change: Change = { kind: 'limit', limitBytes, requestBytes: null }
  return host.plan({ target: { kind: 'cgroup', path }, change, recreate: false }, hands)
}

async function apply(steps: readonly FixStep[]): Promise<void> {
  for (const step of steps) await host.carryOut(step, hands)
}

async function undo(steps: readonly FixStep[], force = false): Promise<void> {
  for (const step of steps.toReversed()) await host.takeBack(step, hands, { force })
}

describe.skipIf(requireParts('root', 'cgroup-v1'))('limits of real groups', () => {
  let program = ''
  const LIMIT = 'memory.limit_in_bytes'
  const TOTAL = 'memory.memsw.limit_in_bytes'
  const limits = (of: TestGroup) => [of.read(LIMIT), of.read(TOTAL)].map((text) => text.trim())

  beforeAll(async () => {
    program = await hog()
  })
  afterEach(async () => {
    for (const made of groups.splice(0).toReversed()) await made.remove()
  })

  it.each([
    ['raised', 64],
    ['lowered', 16],
  ])(
    '%s in the order the kernel demands, swap beside it kept, and taken back',
    async (_how, mib) => {
      const own = group('order', 32 * MIB)
      own.write(TOTAL, String(40 * MIB))
      const before = limits(own)
      const { steps } = await planLimit(own.path, mib * MIB)
      expect(limits(own)).toEqual(before)
      await apply(steps)
      await apply(steps)
      expect(limits(own)).toEqual([String(mib * MIB), String((mib + 8) * MIB)])
      await undo(steps)
      await undo(steps)
      expect(limits(own)).toEqual(before)
    },
  )

  it('a group without a limit gets one, and has none again after the undo', async () => {
    const own = group('unlimited')
    const before = limits(own)
    const { steps } = await planLimit(own.path, 32 * MIB)
    await apply(steps)
    expect(own.read(LIMIT).trim()).toBe(String(32 * MIB))
    await undo(steps)
    expect(limits(own)).toEqual(before)
  })

  it('a limit between two pages is rounded down, and still known as ours', async () => {
    const own = group('pages', 16 * MIB)
    const { steps } = await planLimit(own.path, 32 * MIB + 5_000)
    await apply(steps)
    expect(own.read(LIMIT).trim()).toBe(String(32 * MIB + 4_096))
    await undo(steps)
    expect(own.read(LIMIT).trim()).toBe(String(16 * MIB))
  })

  it('refuses a limit below what cannot be reclaimed, with both numbers, also on the way back', async () => {
    const own = group('full', 24 * MIB)
    const { steps } = await planLimit(own.path, 64 * MIB)
    await apply(steps)
    own.start([program, 'anon=32M', 'stay'])
    await until('it holds 32 MiB', () => Number(own.read('memory.usage_in_bytes')) >= 32 * MIB)
    await expect(planLimit(own.path, 8 * MIB)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/hold 3\d.* MiB .*more than 8 MiB/),
    })
    await expect(undo(steps)).rejects.toMatchObject({
      message: expect.stringContaining('more than 24 MiB'),
    })
    expect(own.read(LIMIT).trim()).toBe(String(64 * MIB))
  })

  it('leaves a limit alone that somebody else set since, unless forced', async () => {
    const own = group('other', 16 * MIB)
    const { steps } = await planLimit(own.path, 32 * MIB)
    own.write(LIMIT, String(20 * MIB))
    await expect(apply(steps)).rejects.toMatchObject({ exitCode: 1 })
    await expect(undo(steps)).rejects.toMatchObject({ exitCode: 1 })
    await undo(steps, true)
    expect(own.read(LIMIT).trim()).toBe(String(16 * MIB))
  })

  it('tells a lower limit above, and that a group that is gone has nothing to take back', async () => {
    const above = group('above', 32 * MIB)
    const inner = above.child('inner', 16 * MIB)
    const { steps, warnings } = await planLimit(inner.path, 64 * MIB)
    expect(warnings.join('\n')).toContain(`${above.path} is limited to 32 MiB`)
    await apply(steps)
    await inner.remove()
    await undo(steps)
    await expect(planLimit(inner.path, 64 * MIB)).rejects.toMatchObject({ exitCode: 3 })
  })

  it('the root has no limit to be set', async () => {
    await expect(planLimit('/', 64 * MIB)).rejects.toMatchObject({ exitCode: 2 })
  })
})

describe.skipIf(requireParts('root'))('settings of this machine', () => {
  const BOOT = '/etc/sysctl.d/90-stella-vm.dirty_bytes.conf'
  const read = (name: string) => readFileSync(`/proc/sys/vm/${name}`, 'utf8').trim()
  const write = (name: string, value: string) => writeFileSync(`/proc/sys/vm/${name}`, value)
  const twins = () => [read('dirty_bytes'), read('dirty_ratio')]
  const planBytes = (value: string) =>
    host.plan(
      {
        target: { kind: 'host' },
        change: { kind: 'sysctl', set: { 'vm.dirty_bytes': value } },
        recreate: false,
      },
      hands,
    )

  /** The value of the machine is put back whatever happens. */
  async function restored(work: () => Promise<void>): Promise<void> {
    const [bytes = '0', ratio = '20'] = twins()
    try {
      await work()
    } finally {
      if (bytes === '0') {
        write('dirty_ratio', ratio === '1' ? '2' : '1')
        write('dirty_ratio', ratio)
      } else write('dirty_bytes', bytes)
      rmSync(BOOT, { force: true })
    }
  }

  it.each([
    ['the ratio', '17', null],
    ['bytes', '0', '900000000'],
    ['a ratio of 0', '0', null],
  ])('where %s held before, it holds again after the undo', async (_what, ratio, bytes) => {
    await restored(async () => {
      write('dirty_ratio', '1')
      write('dirty_ratio', ratio)
      if (bytes !== null) write('dirty_bytes', bytes)
      const before = twins()
      const { steps, changes, diff } = await planBytes('838860800')
      expect(changes[0]).toEqual({ field: 'vm.dirty_bytes', before: before[0], after: '838860800' })
      expect(diff).toContain('+vm.dirty_bytes = 838860800')
      expect(twins()).toEqual(before)
      await apply(steps)
      await apply(steps)
      expect(twins()).toEqual(['838860800', '0'])
      expect(readFileSync(BOOT, 'utf8')).toMatch(/^vm\.dirty_bytes = 838860800$/m)
      await undo(steps)
      await undo(steps)
      expect(twins()).toEqual(before)
      expect(existsSync(BOOT)).toBe(false)
    })
  })

  it('the kernel refuses the 0 that would seem to bring the ratio back', async () => {
    await restored(async () => {
      write('dirty_bytes', '838860800')
      expect(() => write('dirty_bytes', '0')).toThrow('EINVAL')
    })
  })

  it('a value that somebody else set since is left alone, unless forced', async () => {
    await restored(async () => {
      const before = twins()
      const { steps } = await planBytes('838860800')
      await apply(steps)
      write('dirty_bytes', '700000000')
      await expect(undo(steps.slice(0, 1))).rejects.toMatchObject({ exitCode: 1 })
      expect(twins()).toEqual(['700000000', '0'])
      await undo(steps, true)
      expect(twins()).toEqual(before)
    })
  })
})
