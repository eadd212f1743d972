import { rmSync } from 'node:fs'
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { collect } from '../../src/investigate/collect.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { run, until } from '../support/testbed.ts'
import { factsOf, groupAt, reportsAbout } from '../support/world.ts'

const groups: TestGroup[] = []
let program = ''

function group(name: string, limitBytes?: number): TestGroup {
  const made = createGroup(name, limitBytes)
  groups.push(made)
  return made
}

describe.skipIf(requireParts('root', 'kmsg', 'compiler'))('real kills in groups of our own', () => {
  beforeAll(async () => {
    program = await hog()
  })
  beforeEach(roomForReports)
  afterEach(async () => {
    for (const made of groups.splice(0).toReversed()) await made.remove()
  })

  it('tells a kill at the own limit, with its victim, its time and the counters that saw it', async () => {
    const before = Date.now()
    const own = group('own', 16 * MIB)
    const { pid, ended } = own.start([program, 'anon=64M'])
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' })

    const { world } = await collect({ kind: 'cgroup', path: own.path })
    const [report] = reportsAbout(world, own.path)
    expect(report).toMatchObject({ constraint: 'memcg', oomMemcg: own.path, taskMemcg: own.path })
    expect(report?.kills.map((kill) => kill.pid)).toEqual([pid])
    expect(report?.memory?.limitBytes).toBe(16 * MIB)
    const at = world.observations.find(({ fact }) => fact === report)?.at ?? 0
    expect(at).toBeGreaterThan(before - 1_000)
    expect(at).toBeLessThan(Date.now() + 1_000)

    const state = groupAt(world, own.path)
    expect(state).toMatchObject({ limitBytes: 16 * MIB, pids: [] })
    expect(state?.oomControl?.oomKill ?? state?.eventsLocal?.oomKill).toBe(1)
    expect(groupAt(world, '/')).not.toBeNull()
    expect(world.unknown).toEqual([])
  })

  it('tells a killed child, and that its parent lives on', async () => {
    const own = group('child', 16 * MIB)
    const { pid, child } = own.start([program, 'child=64M', 'stay'])
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await until('the child is killed', () => said.includes('killed by signal 9'))

    const { world } = await collect({ kind: 'process', pid })
    const [report] = reportsAbout(world, own.path)
    expect(report?.kills.map(({ name }) => name)).toEqual(['hog-child'])
    expect(report?.kills[0]?.pid).not.toBe(pid)
    const [process] = factsOf(world, 'process-state')
    expect(process).toMatchObject({
      pid,
      name: expect.stringMatching(/^hog/),
      parentPid: globalThis.process.pid,
    })
    expect(groupAt(world, own.path)?.pids).toEqual([pid])
  })

  it('tells the limit above as the one that was reached, and reads every group up to the root', async () => {
    const above = group('above', 16 * MIB)
    const inner = above.child('inner')
    const { ended } = inner.start([program, 'anon=64M'])
    await ended

    const { world } = await collect({ kind: 'cgroup', path: inner.path })
    expect(reportsAbout(world, inner.path)[0]).toMatchObject({
      oomMemcg: above.path,
      taskMemcg: inner.path,
    })
    expect(groupAt(world, inner.path)?.limitBytes).toBeNull()
    expect(groupAt(world, above.path)?.limitBytes).toBe(16 * MIB)
  })

  it('reads the groups below: an inner limit kills without the outer one being reached', async () => {
    const outer = group('outer', 256 * MIB)
    const inner = outer.child('inner', 16 * MIB)
    await inner.start([program, 'anon=64M']).ended

    const { world } = await collect({ kind: 'cgroup', path: outer.path })
    const state = groupAt(world, inner.path)
    expect(state?.oomControl?.oomKill ?? state?.events?.oomKill).toBe(1)
    expect(reportsAbout(world, inner.path)[0]?.oomMemcg).toBe(inner.path)
  })

  it('sees a group full of page cache as what it is: at its limit, and nobody killed', async () => {
    const own = group('cache', 16 * MIB)
    const file = `/var/tmp/stella-test-${process.pid}-cache`
    // Written elsewhere: pages that a busy disk has not taken yet are no reason to spare anybody.
    run([program, `file=${file},64M`])
    onTestFinished(() => rmSync(file, { force: true }))
    run(['sync', file])
    // A page is charged to whom it comes in for: so it has to come in again.
    run(['dd', `if=${file}`, 'iflag=nocache', 'count=0', 'status=none'])
    const { ended } = own.start([program, `read=${file}`])
    expect((await ended).code).toBe(0)

    const { world } = await collect({ kind: 'cgroup', path: own.path })
    const state = groupAt(world, own.path)
    expect(reportsAbout(world, own.path)).toEqual([])
    expect(state?.oomControl?.oomKill ?? state?.eventsLocal?.oomKill).toBe(0)
    expect(state?.failcnt ?? state?.events?.max).toBeGreaterThan(0)
  })

  it('takes the folder of a group for its path', async () => {
    const own = group('folder', 16 * MIB)
    const { world } = await collect({ kind: 'cgroup', path: own.folder })
    expect(groupAt(world, own.path)?.limitBytes).toBe(16 * MIB)
  })

  it('still tells of a group and of a process that are gone, if the kernel killed there', async () => {
    const own = createGroup('gone', 16 * MIB)
    const { pid, ended } = own.start([program, 'anon=64M'])
    await ended
    await own.remove()

    const dead = await collect({ kind: 'cgroup', path: own.path })
    expect(reportsAbout(dead.world, own.path)[0]?.kills[0]?.pid).toBe(pid)
    expect(groupAt(dead.world, own.path)).toBeNull()
    const process = await collect({ kind: 'process', pid })
    expect(reportsAbout(process.world, own.path)).toHaveLength(1)
  })

  it.skipIf(requireParts('cgroup-v1'))(
    'is not caught by a process that hangs at its limit with the OOM killer turned off',
    async () => {
      const own = group('hang', 16 * MIB)
      own.write('memory.oom_control', '1')
      const { pid } = own.start([program, 'anon=64M'])
      await until('it hangs', () => own.read('memory.oom_control').includes('under_oom 1'))

      const started = Date.now()
      const { world } = await collect({ kind: 'process', pid })
      expect(Date.now() - started).toBeLessThan(4_000)
      expect(groupAt(world, own.path)?.oomControl).toEqual({
        killDisable: true,
        underOom: true,
        oomKill: 0,
      })
      const [hanging] = factsOf(world, 'process-state')
      expect(hanging?.state).toBe('D')
      expect(hanging?.stack.join(' ')).toMatch(/oom/)
      expect(reportsAbout(world, own.path).flatMap(({ kills }) => kills)).toEqual([])
    },
  )
})

it('names what is wrong with a target that does not exist', async () => {
  await expect(collect({ kind: 'cgroup', path: '/stella-test-nobody' })).rejects.toMatchObject({
    exitCode: 3,
  })
  await expect(collect({ kind: 'process', pid: 4_194_304 })).rejects.toMatchObject({ exitCode: 3 })
})
