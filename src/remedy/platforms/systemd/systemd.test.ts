import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { fakeReader, type FakeReader } from '../../../../test/support/fake-reader.ts'
import { MIB } from '../../../model/bytes.ts'
import type { Reader } from '../../../sources/reader.ts'
import type { RunResult } from '../../../sources/run.ts'
import { systemd } from './index.ts'

const ETC = '/etc/systemd/system.control/web.service.d/50-MemoryMax.conf'
const RUN = '/run/systemd/system.control/web.service.d/50-MemoryMax.conf'
const readers: FakeReader[] = []

interface Machine {
  files?: Record<string, string>
  max?: string
  high?: string
  transient?: boolean
  group?: string
  /** What it answers to every call. */
  fails?: string
}

/** A stand-in for systemd: set-property writes the drop-in that the real one writes, daemon-reload reads them again. */
function machine({
  files = {},
  max = 'infinity',
  high = 'infinity',
  transient,
  group = '',
  fails,
}: Machine) {
  const base = fakeReader({ files })
  readers.push(base)
  let current = max
  const calls: string[] = []
  const path = (file: string) => join(base.root, file)
  const answer = (stdout: string): RunResult => ({
    outcome: 'exited',
    exitCode: fails === undefined ? 0 : 1,
    stdout,
    stderr: fails ?? '',
    truncated: false,
  })
  const run: Reader['run'] = async ([, , verb, ...args]) => {
    calls.push([verb, ...args].join(' '))
    if (fails !== undefined) return answer('')
    if (verb === 'show') {
      const load = args.at(-1) === 'web.service' ? 'loaded' : 'not-found'
      return answer(
        `LoadState=${load}\nMemoryMax=${current}\nMemoryHigh=${high}\nControlGroup=${group}\nTransient=${transient === true ? 'yes' : 'no'}\n`,
      )
    }
    if (verb === 'set-property') {
      current = args.at(-1)?.split('=')[1] ?? ''
      const file = path(args.includes('--runtime') ? RUN : ETC)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `# by set-property\n[Service]\nMemoryMax=${current}\n`)
    }
    if (verb === 'daemon-reload') {
      const kept = [ETC, RUN].find((file) => existsSync(path(file)))
      current =
        kept === undefined ? max : (/=(\w+)\n$/.exec(readFileSync(path(kept), 'utf8'))?.[1] ?? max)
    }
    return answer('')
  }
  const reader: Reader = { ...base, run }
  return {
    hands: { reader, signal: new AbortController().signal },
    calls,
    max: () => current,
    set: (value: string) => (current = value),
    text: (file: string) => (existsSync(path(file)) ? readFileSync(path(file), 'utf8') : null),
  }
}

function planFor(hands: ReturnType<typeof machine>['hands'], mib: number, name = 'web.service') {
  const change = { kind: 'limit', limitBytes: mib * MIB, requestBytes: null } as const
  return systemd.plan({ target: { kind: 'unit', name }, change, recreate: false }, hands)
}

afterEach(() => {
  for (const reader of readers.splice(0)) reader[Symbol.dispose]()
})

it.each([
  ['nothing', {}, 'infinity'],
  ['a setting', { [ETC]: '# mine\n[Service]\nMemoryMax=33554432\n' }, '33554432'],
  ['a setting until the boot', { [RUN]: '[Service]\nMemoryMax=33554432\n' }, '33554432'],
])('where %s stood before, it stands there again, byte for byte', async (_what, files, max) => {
  const { hands, text, max: now, calls } = machine({ files, max })
  const before = [text(ETC), text(RUN)]
  const plan = await planFor(hands, 64)
  expect([text(ETC), text(RUN)]).toEqual(before)
  expect(plan.changes).toEqual([
    { field: 'MemoryMax', before: max === 'infinity' ? 'no limit' : '32 MiB', after: '64 MiB' },
  ])
  const [step] = plan.steps
  if (step === undefined) throw new Error('no step')
  await systemd.carryOut(step, hands)
  await systemd.carryOut(step, hands)
  expect(calls.filter((call) => call.startsWith('set-property'))).toHaveLength(1)
  expect(now()).toBe('67108864')
  expect(text(RUN) === null).toBe(!(RUN in files))
  await systemd.takeBack(step, hands, { force: false })
  await systemd.takeBack(step, hands, { force: false })
  expect(now()).toBe(max)
  expect([text(ETC), text(RUN)]).toEqual(before)
})

it('what holds until the boot is changed until the boot', async () => {
  const { hands } = machine({ files: { [RUN]: '[Service]\nMemoryMax=1\n' }, max: '1' })
  const plan = await planFor(hands, 64)
  expect(plan.steps[0]?.command).toContain('--runtime')
  expect(plan.warnings.join('\n')).toContain('until the next boot')
  const transient = await planFor(machine({ transient: true }).hands, 64)
  expect(transient.steps[0]?.command).toContain('--runtime')
})

it('a limit that somebody else set since is left alone, unless forced', async () => {
  const { hands, set, max, text } = machine({})
  const [step] = (await planFor(hands, 64)).steps
  if (step === undefined) throw new Error('no step')
  set('1000')
  await expect(systemd.carryOut(step, hands)).rejects.toMatchObject({ exitCode: 1 })
  set('infinity')
  await systemd.carryOut(step, hands)
  set('1000')
  await expect(systemd.takeBack(step, hands, { force: false })).rejects.toMatchObject({
    exitCode: 1,
  })
  await systemd.takeBack(step, hands, { force: true })
  expect([max(), text(ETC)]).toEqual(['infinity', null])
})

it.each([
  ['there is no such unit', 'db.service', {}, 3],
  ['is no unit that has a memory limit', '../../etc/x.service', {}, 2],
  ['has this limit already', 'web.service', { max: String(64 * MIB) }, 2],
  [
    'failed: System has not been booted',
    'web.service',
    { fails: 'System has not been booted with systemd' },
    3,
  ],
  ['failed: Access denied', 'web.service', { fails: 'Access denied' }, 3],
])('refused: %s', async (what, unit, setting, exitCode) => {
  await expect(planFor(machine(setting).hands, 64, unit)).rejects.toMatchObject({
    exitCode,
    message: expect.stringContaining(what),
    todo: expect.stringMatching(/.+/),
  })
})

it('a limit below what the unit holds is refused with both numbers, and a throttle below it is told', async () => {
  const group = '/sys/fs/cgroup/system.slice/web.service'
  const files = {
    '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
    [`${group}/memory.current`]: String(90 * MIB),
    [`${group}/memory.stat`]: `anon ${80 * MIB}\n`,
  }
  const { hands } = machine({ files, group: '/system.slice/web.service', high: String(48 * MIB) })
  await expect(planFor(hands, 64)).rejects.toMatchObject({
    message: expect.stringContaining('hold 80 MiB that cannot be reclaimed, more than 64 MiB'),
  })
  expect((await planFor(hands, 128)).warnings.join('\n')).toContain('MemoryHigh stays at 48 MiB')
})
