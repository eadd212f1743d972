import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collectSizing, watchGroup } from '../../src/investigate/collect-sizing.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Sizing } from '../../src/model/sizing.ts'
import type { Target } from '../../src/model/subject.ts'
import { DEFAULT_POLICY } from '../../src/sizing/policy.ts'
import { sizeOf } from '../../src/sizing/size-of.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { startRedis } from '../support/server-starters.ts'
import { until } from '../support/testbed.ts'

async function sizeNow(target: Target, env: Record<string, string> = {}): Promise<Sizing> {
  const reader = hostReader({ env: { ...process.env, ...env } })
  const { evidence } = await collectSizing(target, { reader })
  return sizeOf(evidence, DEFAULT_POLICY)
}

function killsOf(group: TestGroup): string {
  return group.read(group.version === 1 ? 'memory.oom_control' : 'memory.events')
}

function peakOf(group: TestGroup): number {
  return Number(group.read(group.version === 1 ? 'memory.max_usage_in_bytes' : 'memory.peak'))
}

describe.skipIf(requireParts('root', 'compiler'))('the size of a real group', () => {
  const groups: TestGroup[] = []
  const folder = mkdtempSync(join(tmpdir(), 'stella-size-'))
  let program = ''
  beforeAll(async () => {
    program = await hog()
  })
  afterAll(async () => {
    for (const group of groups) await group.remove()
    rmSync(folder, { recursive: true })
  })

  function group(name: string, limitBytes: number): TestGroup {
    const made = createGroup(`size-${name}`, limitBytes)
    groups.push(made)
    return made
  }

  it('leaves out the page cache that fills it', async () => {
    const reader = group('reader', 128 * MIB)
    const file = join(folder, 'data')
    // Written inside of the group, so that its pages are charged there.
    reader.start([program, 'anon=24M', `file=${file},200M`, `read=${file}`, 'say=ready', 'stay'])
    await until('page cache fills it', () => peakOf(reader) > 120 * MIB)
    const { limitBytes, growth } = await sizeNow({ kind: 'cgroup', path: reader.path })
    expect(growth.kind).toBe('unknown')
    expect(limitBytes).toBeGreaterThanOrEqual(48 * MIB)
    expect(limitBytes).toBeLessThanOrEqual(80 * MIB)
  })

  it('knows what was needed before it looked, from the high-water mark', async () => {
    const past = group('past', 256 * MIB)
    past.start([program, 'child=1M', 'stay'])
    const spike = past.start([program, 'anon=100M', 'exit=0'])
    await spike.ended
    const { limitBytes, bounds } = await sizeNow({ kind: 'cgroup', path: past.path })
    expect(bounds.find(({ binds }) => binds)?.name).toBe('high-water mark')
    expect(limitBytes).toBeGreaterThanOrEqual(200 * MIB)
  })

  it('refuses one that grows while it is watched, and says how long the limit lasts', async () => {
    const leak = group('leak', 256 * MIB)
    leak.start([program, 'anon=8M', 'grow=1M,200,120M', 'stay'])
    await until('it grows', () => peakOf(leak) > 12 * MIB)
    const target: Target = { kind: 'cgroup', path: leak.path }
    const watched = await watchGroup(leak.path, 16_000)
    const { evidence } = await collectSizing(target)
    const recordings = [watched, ...evidence.recordings]
    const sizing = sizeOf({ ...evidence, recordings }, DEFAULT_POLICY)
    expect(sizing).toMatchObject({ limitBytes: null, refused: true, growth: { kind: 'leak' } })
    // 5 MiB a second into what is left of 256 MiB.
    expect(sizing.growth.secondsToLimit?.low).toBeGreaterThan(15)
    expect(sizing.growth.secondsToLimit?.low).toBeLessThan(80)
    expect(sizing.buys?.limitBytes).toBe(512 * MIB)
  })

  it('whose last kill no log tells of says so', async () => {
    const killed = group('killed', 32 * MIB)
    killed.start([program, 'child=64M', 'stay'])
    await until('its child was killed', () => /oom_kill [1-9]/.test(killsOf(killed)))
    const { evidence } = await collectSizing({ kind: 'cgroup', path: killed.path })
    const [kill] = evidence.kills
    if (kill === undefined) expect(evidence.unknown.join()).toMatch(/counts 1 kills for memory/)
    else expect(kill.limitBytes).toBe(32 * MIB)
  })

  it.skipIf(requireParts('redis'))('of a Redis knows its end, and asks for all of it', async () => {
    const store = group('store', 512 * MIB)
    const { client } = await startRedis(store, folder, '--maxmemory', '24mb')
    client('debug', 'populate', '5000', 'key', '1000')
    const { evidence } = await collectSizing({ kind: 'cgroup', path: store.path })
    expect(evidence.runtimes).toEqual(['redis'])
    expect(evidence.model?.says.join()).toMatch(/maxmemory 24 MiB/)
    const sizing = sizeOf(evidence, DEFAULT_POLICY)
    expect(sizing.requestBytes).toBe(sizing.limitBytes)
    expect(sizing.because.at(-1)).toMatch(/it keeps data/)
  })

  it('of a process is that of its group, and the machine has none', async () => {
    const home = group('home', 64 * MIB)
    const { pid } = home.start([program, 'anon=8M', 'stay'])
    await until('it has its memory', () => peakOf(home) > 8 * MIB)
    const { subject } = await sizeNow({ kind: 'process', pid })
    expect(subject?.name).toContain(home.path)
    await expect(sizeNow({ kind: 'host' })).rejects.toMatchObject({ exitCode: 2 })
    await expect(sizeNow({ kind: 'marathon', app: '/shop' })).rejects.toMatchObject({
      exitCode: 3,
      todo: expect.stringContaining('--series'),
    })
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'the size of a real container',
  () => {
    let docker: TestDocker
    let image = ''
    const names: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    beforeEach(roomForReports)
    afterAll(() => {
      for (const name of names) docker.tryCli('rm', '--force', name)
    })

    function container(label: string, ...args: string[]): { name: string; status: number | null } {
      const name = `stella-test-${process.pid}-size-${label}`
      names.push(name)
      const { status } = docker.tryCli('run', '--name', name, '--network=none', ...args)
      return { name, status }
    }

    it('that was killed: above what was too little', async () => {
      const { name, status } = container('killed', '-m', '32m', image, 'hog', 'anon=64M')
      expect(status).toBe(137)
      const target: Target = { kind: 'container', engine: 'docker', name }
      const sizing = await sizeNow(target, docker.env)
      expect(sizing).toMatchObject({
        limitBytes: 144 * MIB,
        requestBytes: 144 * MIB,
        refused: false,
      })
      expect(sizing.bounds.find(({ binds }) => binds)?.name).toBe('out-of-memory kill')
      expect(sizing.subject?.name).toBe(name)
    })

    it('that was killed, and was told to fill a larger heap: what holds that', async () => {
      const heap = ['-e', 'NODE_OPTIONS=--max-old-space-size=300']
      const { name } = container('heap', '-m', '32m', ...heap, image, 'hog', 'anon=64M')
      const sizing = await sizeNow({ kind: 'container', engine: 'docker', name }, docker.env)
      expect(sizing.limitBytes).toBe(432 * MIB)
      expect(sizing.bounds.find(({ binds }) => binds)?.name).toBe('runtime settings')
    })

    it('that lives: what it needs, twice, as little is known', async () => {
      const { name } = container(
        'lives',
        '-d',
        '-m',
        '128m',
        image,
        'hog',
        'anon=40M',
        'say=ready',
        'stay',
      )
      await until('it has its memory', () => docker.cli('logs', name).includes('ready'))
      const sizing = await sizeNow({ kind: 'container', engine: 'docker', name }, docker.env)
      expect(sizing.headroom).toBe(1)
      expect(sizing.limitBytes).toBeGreaterThanOrEqual(80 * MIB)
      expect(sizing.limitBytes).toBeLessThanOrEqual(112 * MIB)
    })

    it('that is not there is out of reach', async () => {
      const target: Target = { kind: 'container', engine: 'docker', name: 'stella-test-nobody' }
      await expect(sizeNow(target, docker.env)).rejects.toMatchObject({ exitCode: 3 })
    })
  },
)
