import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { billFrom } from '../../src/investigate/bill.ts'
import { collectBill } from '../../src/investigate/collect-bill.ts'
import type { Bill } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Target } from '../../src/model/subject.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import { until } from '../support/testbed.ts'

async function billOf(target: Target, env: Record<string, string> = {}): Promise<Bill> {
  const reader = hostReader({ env: { ...process.env, ...env } })
  const found = await collectBill(target, { reader, ask: true })
  return billFrom(found.world, found.target, found.asked)
}

function mib(bill: Bill, name: string): number {
  return (bill.items.find((item) => item.name === name)?.bytes ?? 0) / MIB
}

function expectSum({ items, unattributedBytes, chargeBytes }: Bill): void {
  const sum = items.reduce((total, { bytes }) => total + bytes, 0)
  expect(sum + unattributedBytes).toBe(chargeBytes)
  expect(Math.abs(unattributedBytes)).toBeLessThan(0.05 * chargeBytes)
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'compiler'))('the bill of a real group', () => {
  const groups: TestGroup[] = []
  afterAll(async () => {
    for (const group of groups) await group.remove()
  })

  function group(name: string, limit: number): TestGroup {
    const made = createGroup(`bill-${name}`, limit)
    groups.push(made)
    return made
  }

  it('of groups inside a group: all of them, once', async () => {
    const outer = group('outer', 128 * MIB)
    const program = await hog()
    for (const name of ['one', 'two']) {
      const inner = outer.child(name)
      inner.start([program, 'anon=20M', 'say=ready', 'stay'])
    }
    await until(
      'both have their memory',
      () => Number(outer.read('memory.usage_in_bytes')) > 40 * MIB,
    )
    const bill = await billOf({ kind: 'cgroup', path: outer.path })
    expectSum(bill)
    expect(mib(bill, 'anonymous')).toBeCloseTo(40, 0)
    expect(bill.processes).toHaveLength(2)
  })

  it('of a group that nobody lives in any more: what stays in it has a name', async () => {
    const left = group('left', 64 * MIB)
    const file = `/dev/shm/${left.path.slice(1)}`
    const writer = left.start([await hog(), `file=${file},16M`])
    try {
      await writer.ended
      const bill = await billOf({ kind: 'cgroup', path: left.path })
      expectSum(bill)
      expect(mib(bill, 'shared memory and tmpfs')).toBeCloseTo(16, 0)
      expect(bill.processes).toEqual([])
      expect(bill.pageCache?.says.join()).toMatch(/tmpfs/)
    } finally {
      const cleaner = left.start(['rm', '-f', file])
      await cleaner.ended
    }
  })

  it('of one process: what it alone has, and its share of what it shares', async () => {
    const family = group('family', 128 * MIB)
    const fork =
      'import os,time; held=bytearray(32<<20); [held.__setitem__(at,1) for at in range(0,len(held),4096)]; os.fork(); time.sleep(60)'
    family.start(['/usr/bin/python3', '-c', fork])
    await until('it has forked', () => family.read('cgroup.procs').trim().split('\n').length === 2)
    const [first = 0] = family.read('cgroup.procs').trim().split('\n').map(Number)
    const bill = await billOf({ kind: 'process', pid: first })
    expectSum(bill)
    expect(bill.processes[0]?.rssBytes).toBeGreaterThan(32 * MIB)
    // Half of the 32 MiB, and what the interpreter itself has.
    expect(mib(bill, 'anonymous')).toBeGreaterThan(16)
    expect(mib(bill, 'anonymous')).toBeLessThan(24)
    const whole = await billOf({ kind: 'cgroup', path: family.path })
    expectSum(whole)
  })

  it('of a group that is removed while it is read: a sentence, no crash', async () => {
    const gone = group('gone', 64 * MIB)
    await gone.remove()
    await expect(billOf({ kind: 'cgroup', path: gone.path })).rejects.toMatchObject({
      exitCode: 3,
      todo: expect.stringContaining('/proc/PID/cgroup'),
    })
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'the bill of a real container',
  () => {
    let docker: TestDocker
    let image = ''
    const name = (label: string): string => `stella-test-${process.pid}-bill-${label}`
    const names: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    beforeEach(roomForReports)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    function start(label: string, options: readonly string[], ...command: string[]): Target {
      names.push(name(label))
      const common = ['run', '--detach', '--network=none', `--name=${name(label)}`]
      docker.cli(...common, ...options, image, ...command)
      return { kind: 'container', engine: 'docker', name: name(label) }
    }

    it('that lives', async () => {
      const target = start(
        'lives',
        ['--memory=256m', '--memory-swap=256m'],
        ...[
          'hog',
          'anon=64M',
          'file=/tmp/f,32M',
          'file=/dev/shm/t,16M',
          'read=/tmp/f',
          'say=ready',
          'stay',
        ],
      )
      await until('it is ready', () => docker.cli('logs', name('lives')).includes('ready'))
      const bill = await billOf(target, docker.env)
      expectSum(bill)
      expect(bill).toMatchObject({ moment: 'now', limitBytes: 256 * MIB })
      expect(bill.subject).toMatchObject({ platform: 'docker', name: name('lives') })
      expect(mib(bill, 'anonymous')).toBeCloseTo(64, 0)
      expect(mib(bill, 'shared memory and tmpfs')).toBeCloseTo(16, 0)
      expect(mib(bill, 'page cache')).toBeGreaterThan(31)
      expect(bill.processes).toHaveLength(1)
      expect(bill.processes[0]).toMatchObject({ innerPid: 1 })
      const stats = bill.tools.find(({ tool }) => tool === 'docker stats')
      expect(stats?.bytes).toBeLessThan(bill.chargeBytes)
    })

    it('that was killed, from what the kernel wrote down', async () => {
      const target = start(
        'dead',
        ['--memory=32m', '--memory-swap=32m'],
        ...['hog', 'file=/dev/shm/t,8M', 'anon=64M'],
      )
      docker.cli('wait', name('dead'))
      const bill = await billOf(target, docker.env)
      expectSum(bill)
      expect(bill).toMatchObject({
        moment: 'kill',
        chargeBytes: 32 * MIB,
        limitBytes: 32 * MIB,
        subject: { name: name('dead') },
      })
      expect(mib(bill, 'shared memory and tmpfs')).toBeCloseTo(8, 0)
      expect(bill.processes[0]?.name).toBe('hog')
    })

    it('that ended by itself: nothing tells what it had, and that is said', async () => {
      const target = start('ended', [], 'hog', 'exit=0')
      docker.cli('wait', name('ended'))
      await expect(billOf(target, docker.env)).rejects.toMatchObject({ exitCode: 4 })
    })
  },
)

describe.skipIf(requireParts('root', 'podman', 'busybox', 'compiler'))('Podman', () => {
  it('tells its containers in the same way', async () => {
    const podman = testPodman()
    const image = await podman.image()
    const name = `stella-test-${process.pid}-bill-podman`
    try {
      podman.cli(
        'run',
        '--detach',
        '--network=none',
        '--memory=128m',
        `--name=${name}`,
        image,
        'hog',
        'anon=32M',
        'say=ready',
        'stay',
      )
      await until('it is ready', () => podman.cli('logs', name).includes('ready'))
      const bill = await billOf({ kind: 'container', engine: 'podman', name }, podman.env)
      expectSum(bill)
      expect(bill.subject).toMatchObject({ platform: 'podman' })
      expect(mib(bill, 'anonymous')).toBeGreaterThan(32)
      expect(mib(bill, 'anonymous')).toBeLessThan(36)
      const version = podman.cli('version', '--format={{.Client.Version}}').trim()
      const stats = bill.tools.find(({ tool }) => tool === 'podman stats')
      // Before 4.7 it shows the whole charge on cgroup v1.
      if (/^4\.[0-6]\./.test(version)) expect(stats?.bytes).toBe(bill.chargeBytes)
      else expect(stats?.bytes).toBeLessThan(bill.chargeBytes)
    } finally {
      podman.tryCli('rm', '--force', name)
    }
  })
})
