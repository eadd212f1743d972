import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeReader, type FakeReader } from '../../../../test/support/fake-reader.ts'
import { MIB } from '../../../model/bytes.ts'
import { host } from './index.ts'
import { TUNABLES } from './tunables.ts'

const readers: FakeReader[] = []

function machine(files: Record<string, string>): FakeReader {
  const reader = fakeReader({ files })
  readers.push(reader)
  return reader
}

function handsOf(reader: FakeReader) {
  return { reader, signal: new AbortController().signal }
}

function planSet(reader: FakeReader, set: Record<string, string>) {
  const request = {
    target: { kind: 'host' },
    change: { kind: 'sysctl', set },
    recreate: false,
  } as const
  return host.plan(request, handsOf(reader))
}

function planLimit(
  reader: FakeReader,
  path: string,
  limitBytes: number,
  requestBytes: number | null = null,
) {
  const change = { kind: 'limit', limitBytes, requestBytes } as const
  return host.plan({ target: { kind: 'cgroup', path }, change, recreate: false }, handsOf(reader))
}

afterEach(() => {
  for (const reader of readers.splice(0)) reader[Symbol.dispose]()
})

describe('settings of the machine', () => {
  const vm = { '/proc/sys/vm/swappiness': '60\n', '/etc/sysctl.d/README': '' }

  it('are kept for the next boot, and a file that comes later is named', async () => {
    const reader = machine({
      ...vm,
      '/etc/sysctl.d/99-sysctl.conf': '# mine\nvm.swappiness = 10\n',
      '/etc/sysctl.conf': 'vm.swappiness=10\n',
      '/etc/sysctl.d/10-early.conf': 'vm.swappiness=30\n',
    })
    const plan = await planSet(reader, { 'vm.swappiness': '20' })
    const warnings = plan.warnings.join('\n')
    expect(warnings).toContain('every container')
    expect(warnings).toContain('/etc/sysctl.d/99-sysctl.conf sets vm.swappiness')
    expect(warnings).toContain('/etc/sysctl.conf sets vm.swappiness')
    expect(warnings).not.toContain('10-early')
    expect(warnings).toContain('memory.swappiness')
    for (const step of plan.steps) await host.carryOut(step, handsOf(reader))
    const file = join(reader.root, '/etc/sysctl.d/90-stella-vm.swappiness.conf')
    expect(readFileSync(file, 'utf8')).toBe(
      '# Written by stella. Before: vm.swappiness = 60\nvm.swappiness = 20\n',
    )
    for (const step of plan.steps.toReversed()) {
      await host.takeBack(step, handsOf(reader), { force: false })
    }
    expect(existsSync(file)).toBe(false)
    expect(readFileSync(join(reader.root, '/proc/sys/vm/swappiness'), 'utf8')).toBe('60')
  })

  it('without the folder they hold until the boot, and the plan says so', async () => {
    const reader = machine({ '/proc/sys/vm/swappiness': '60\n' })
    const plan = await planSet(reader, { 'vm.swappiness': '20' })
    expect(plan.warnings.join('\n')).toContain('until the next boot')
    expect(plan.steps).toHaveLength(1)
  })

  it('a new value takes the place of the earlier one in the same file, under the twin’s name too', async () => {
    const reader = machine({
      '/proc/sys/vm/dirty_bytes': '0\n',
      '/proc/sys/vm/dirty_ratio': '20\n',
      '/etc/sysctl.d/90-stella-vm.dirty_bytes.conf': 'vm.dirty_bytes = 1000000\n',
    })
    const { diff } = await planSet(reader, { 'vm.dirty_ratio': '5' })
    expect(diff).toContain('-vm.dirty_bytes = 1000000\n')
    expect(diff).toContain('+vm.dirty_ratio = 5\n')
  })

  it.each([
    [{ 'kernel.panic': '1' }, 'is none of the settings'],
    [{ 'vm.swappiness': '500' }, 'cannot be 500'],
    [{ 'vm.swappiness': '1; reboot' }, 'cannot be'],
    [{ 'vm.dirty_bytes': '0' }, 'cannot be 0'],
    [{ 'vm.swappiness': '60' }, 'already'],
    [{ 'vm.dirty_bytes': '9000000', 'vm.dirty_ratio': '5' }, 'cannot both be set'],
  ])('%j is refused', async (set, why) => {
    await expect(planSet(machine(vm), set)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(why),
    })
  })

  it('one that this kernel does not have cannot be read', async () => {
    await expect(planSet(machine({}), { 'vm.swappiness': '1' })).rejects.toMatchObject({
      exitCode: 3,
    })
  })

  it('twins name each other', () => {
    for (const { name, twin } of TUNABLES) {
      if (twin === null) continue
      expect(TUNABLES.find((other) => other.name === twin)?.twin).toBe(name)
    }
  })
})

describe('groups of cgroup v2', () => {
  const mountinfo = '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n'
  const files = (path: string, more: Record<string, string> = {}) => {
    const folder = `/sys/fs/cgroup${path}`
    return {
      '/proc/self/mountinfo': mountinfo,
      '/sys/fs/cgroup/cgroup.controllers': 'memory\n',
      [`${folder}/memory.max`]: 'max\n',
      [`${folder}/memory.current`]: String(30 * MIB),
      [`${folder}/memory.stat`]: `anon ${20 * MIB}\nfile ${10 * MIB}\nshmem 0\n`,
      [`${folder}/memory.low`]: '0\n',
      ...Object.fromEntries(
        Object.entries(more).map(([name, text]) => [`${folder}/${name}`, text]),
      ),
    }
  }

  it('get memory.max, swap stays, and `max` comes back', async () => {
    const reader = machine(
      files('/job', { 'memory.swap.max': '8388608\n', 'memory.high': String(40 * MIB) }),
    )
    const plan = await planLimit(reader, '/job', 64 * MIB, 16 * MIB)
    expect(plan.changes).toEqual([
      { field: 'memory.max', before: 'no limit', after: '64 MiB' },
      { field: 'memory.low', before: '0 B', after: '16 MiB' },
    ])
    expect(plan.warnings.join('\n')).toContain('memory.high stays at 40 MiB')
    for (const step of plan.steps) await host.carryOut(step, handsOf(reader))
    for (const step of plan.steps.toReversed()) {
      await host.takeBack(step, handsOf(reader), { force: false })
    }
    expect(readFileSync(join(reader.root, '/sys/fs/cgroup/job/memory.max'), 'utf8')).toBe('max')
  })

  it('never below what cannot be reclaimed: v2 would kill at once', async () => {
    await expect(planLimit(machine(files('/job')), '/job', 16 * MIB)).rejects.toMatchObject({
      message: expect.stringContaining('hold 20 MiB that cannot be reclaimed, more than 16 MiB'),
    })
  })

  it('those of pods are the kubelet’s, those of containers and units are told of', async () => {
    const pod = '/kubepods/burstable/pod11111111-2222-3333-4444-555555555555'
    await expect(planLimit(machine(files(pod)), pod, 64 * MIB)).rejects.toMatchObject({
      todo: expect.stringContaining('k8s:'),
    })
    const unit = await planLimit(
      machine(files('/system.slice/a.service')),
      '/system.slice/a.service',
      64 * MIB,
    )
    expect(unit.warnings.join('\n')).toContain('systemctl set-property a.service')
    const container = `/docker/${'a'.repeat(64)}`
    const plan = await planLimit(machine(files(container)), container, 64 * MIB)
    expect(plan.warnings.join('\n')).toContain('docker does not learn of it')
  })

  it('a group that the controller was not handed to is told apart', async () => {
    const reader = machine({
      '/proc/self/mountinfo': '30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n',
      '/cg/cgroup.controllers': 'memory\n',
      '/cg/job/memory.current': '4096\n',
      '/cg/job/below/cgroup.controllers': '\n',
      '/cg/job/below/cgroup.events': 'populated 1\n',
    })
    await expect(planLimit(reader, '/job/below', 64 * MIB)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('not switched on for the group /job/below'),
      todo: 'name /job, in which it counts',
    })
  })

  it('a machine without the controller is told apart', async () => {
    const reader = machine({})
    mkdirSync(join(reader.root, 'proc'))
    await expect(planLimit(reader, '/job', 64 * MIB)).rejects.toMatchObject({
      exitCode: 3,
      message: 'no memory controller is mounted',
    })
  })
})
