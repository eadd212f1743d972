import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collect } from '../../src/investigate/collect.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { World } from '../../src/model/evidence.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'
import { factsOf, groupAt, observed, reportsAbout } from '../support/world.ts'

const names: string[] = []

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'real containers',
  () => {
    let docker: TestDocker
    let image = ''

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    beforeEach(roomForReports)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    /** Starts a container in the background and gives its name. */
    function start(label: string, options: readonly string[], ...command: string[]): string {
      const name = `stella-test-${process.pid}-${label}`
      names.push(name)
      docker.cli(
        'run',
        '--detach',
        '--network=none',
        `--name=${name}`,
        ...options,
        image,
        ...command,
      )
      return name
    }

    async function startAndWait(
      label: string,
      options: readonly string[],
      ...command: string[]
    ): Promise<string> {
      const name = start(label, options, ...command)
      docker.cli('wait', name)
      return name
    }

    async function ask(name: string): Promise<World> {
      const reader = hostReader({ env: { ...process.env, ...docker.env } })
      const found = await collect({ kind: 'container', engine: 'docker', name }, { reader })
      return found.world
    }

    function idOf(name: string): string {
      return docker.cli('inspect', '--format={{.Id}}', name).trim()
    }

    const small = ['--memory=16m', '--memory-swap=16m']

    it('tells all about one that was killed at its own limit', async () => {
      const name = await startAndWait('own', small, 'hog', 'say=last words', 'anon=64M')
      const world = await ask(name)
      const id = idOf(name)

      const [state] = factsOf(world, 'container-state')
      expect(state).toMatchObject({
        engine: 'docker',
        id,
        name,
        exitCode: 137,
        // Docker loses its flag and its event now and then: it is told as Docker has it.
        oomKilled: docker.cli('inspect', '--format={{.State.OOMKilled}}', name).trim() === 'true',
        memoryLimitBytes: 16 * MIB,
      })
      const [report] = reportsAbout(world, `/docker/${id}`)
      expect(report).toMatchObject({ oomMemcg: `/docker/${id}`, taskMemcg: `/docker/${id}` })
      expect(report?.kills).toHaveLength(1)
      const actions = factsOf(world, 'container-event').map(({ action }) => action)
      expect(actions).toEqual(expect.arrayContaining(['create', 'start', 'die']))
      expect(
        observed(world, 'log-hint').some(({ fact }) => fact.message.includes('last words')),
      ).toBe(true)
      expect(world.unknown).toEqual([])
      // The kernel's own time of the kill lies between the engine's start and end.
      const killedAt = observed(world, 'kernel-oom').find(({ fact }) => fact === report)?.at ?? 0
      expect(killedAt).toBeGreaterThan((state?.startedAt ?? 0) - 1_000)
      expect(killedAt).toBeLessThan((state?.finishedAt ?? 0) + 50)
    })

    it('maps the living main process to its PIDs inside and outside, and reads its group', async () => {
      const name = start('alive', small, 'hog', 'anon=4M', 'child=64M', 'stay')
      await until('the child is killed', () =>
        docker.cli('logs', name).includes('killed by signal 9'),
      )
      const world = await ask(name)
      const path = `/docker/${idOf(name)}`

      const [state] = factsOf(world, 'container-state')
      expect(state?.running).toBe(true)
      const main = factsOf(world, 'process-state').find(({ pid }) => pid === state?.pid)
      expect(main?.nsPids).toEqual([state?.pid, 1])
      const [report] = reportsAbout(world, path)
      expect(report?.kills[0]?.name).toBe('hog-child')
      expect(groupAt(world, path)).toMatchObject({ limitBytes: 16 * MIB, pids: [state?.pid] })
      expect(factsOf(world, 'container-stats')[0]?.usageBytes).toBeGreaterThan(4 * MIB)
    })

    it('sees who killed one that memory did not kill', async () => {
      const name = start('killed', small, 'hog', 'stay')
      docker.cli('kill', name)
      const world = await ask(name)
      const events = factsOf(world, 'container-event')
      expect(events.find(({ action }) => action === 'kill')?.signal).toBe(9)
      expect(events.find(({ action }) => action === 'die')?.exitCode).toBe(137)
      expect(reportsAbout(world, `/docker/${idOf(name)}`)).toEqual([])
      const coverage = factsOf(world, 'kernel-log-coverage')
      const end = factsOf(world, 'container-state')[0]?.finishedAt ?? 0
      expect(coverage.some(({ firstAt }) => firstAt !== null && firstAt < end)).toBe(true)
    })

    it('keeps the kill of an exec and the later stop apart', async () => {
      const name = start('stopped', small, 'hog', 'stay')
      const exec = docker.tryCli('exec', name, 'hog', 'name=exec-hog', 'anon=64M')
      expect(exec.status).toBe(137)
      docker.cli('stop', name)
      const world = await ask(name)
      const [state] = factsOf(world, 'container-state')
      expect(state?.exitCode).toBe(0)
      const [report] = observed(world, 'kernel-oom').filter(
        ({ fact }) => fact.taskMemcg === `/docker/${idOf(name)}`,
      )
      expect(report?.fact.kills[0]?.name).toBe('exec-hog')
      expect(report?.at).toBeLessThan(state?.finishedAt ?? 0)
      expect(
        factsOf(world, 'container-event').find(({ action }) => action === 'kill')?.signal,
      ).toBe(15)
    })

    it('reads a group above that was the limit, also when the container is gone from it', async () => {
      const parent = createGroup('docker-parent', 16 * MIB)
      try {
        const name = await startAndWait(
          'above',
          [`--cgroup-parent=${parent.path}`],
          'hog',
          'anon=64M',
        )
        const world = await ask(name)
        const [report] = reportsAbout(world, parent.path)
        expect(report).toMatchObject({
          oomMemcg: parent.path,
          taskMemcg: `${parent.path}/${idOf(name)}`,
        })
        expect(groupAt(world, parent.path)?.limitBytes).toBe(16 * MIB)
      } finally {
        await parent.remove()
      }
    })

    it('shows memory in a tmpfs as what it is', async () => {
      const name = start(
        'tmpfs',
        ['--memory=32m', '--memory-swap=32m', '--tmpfs=/t:size=64m'],
        'hog',
        'file=/t/x,20M',
        'stay',
      )
      const path = `/docker/${idOf(name)}`
      await until('the file is written', () => usage(docker, name) > 20 * MIB)
      const world = await ask(name)
      const stat = groupAt(world, path)?.stat
      expect(stat?.get('total_shmem') ?? stat?.get('shmem')).toBeGreaterThanOrEqual(20 * MIB)
    })

    it('sees no kill where page cache fills the limit', async () => {
      const name = await startAndWait('cache', small, 'hog', 'file=/cache,64M', 'read=/cache')
      const world = await ask(name)
      expect(factsOf(world, 'container-state')[0]).toMatchObject({ exitCode: 0, oomKilled: false })
      expect(reportsAbout(world, `/docker/${idOf(name)}`)).toEqual([])
    })

    it.skipIf(requireParts('cgroup-v1'))(
      'is not caught by one that hangs with its OOM killer turned off',
      async () => {
        const name = start('hang', [...small, '--oom-kill-disable'], 'hog', 'anon=64M')
        const path = `/docker/${idOf(name)}`
        await until('it hangs', () => {
          const status = docker.cli('top', name, '-o', 'pid,stat')
          return status.includes('D')
        })
        const world = await ask(name)
        expect(groupAt(world, path)?.oomControl).toMatchObject({
          killDisable: true,
          underOom: true,
          oomKill: 0,
        })
        expect(factsOf(world, 'container-state')[0]).toMatchObject({
          running: true,
          oomKillDisable: true,
        })
        expect(factsOf(world, 'process-state').some(({ state }) => state === 'D')).toBe(true)
      },
    )

    it('still tells of a container that was removed when it ended', async () => {
      const name = `stella-test-${process.pid}-removed`
      const run = docker.tryCli(
        'run',
        '--rm',
        '--network=none',
        `--name=${name}`,
        ...small,
        image,
        'hog',
        'anon=64M',
      )
      expect(run.status).toBe(137)
      const world = await ask(name)
      const died = factsOf(world, 'container-event').find(({ action }) => action === 'die')
      expect(died?.exitCode).toBe(137)
      expect(reportsAbout(world, `/docker/${died?.id}`)).toHaveLength(1)
      expect(world.unknown.join(' ')).toContain('removed')
    })

    it('finds out what a bare name means', async () => {
      const name = await startAndWait('named', small, 'hog')
      const reader = hostReader({ env: { ...process.env, ...docker.env } })
      const { target } = await collect({ kind: 'name', name }, { reader })
      expect(target).toEqual({ kind: 'container', engine: 'docker', name })
      const group = createGroup('both')
      try {
        docker.cli('rename', name, group.path.slice(1))
        names.push(group.path.slice(1))
        await expect(
          collect({ kind: 'name', name: group.path.slice(1) }, { reader }),
        ).rejects.toMatchObject({
          exitCode: 2,
          message: expect.stringContaining(
            `docker:${group.path.slice(1)} and cgroup:${group.path}`,
          ),
        })
      } finally {
        await group.remove()
      }
    })

    it('says where it looked for one that does not exist', async () => {
      await expect(ask('stella-test-nobody')).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringContaining(docker.socket),
      })
    })
  },
)

function usage(docker: TestDocker, name: string): number {
  const line = docker.cli('stats', '--no-stream', '--format={{.MemUsage}}', name)
  return Number.parseFloat(line) * (line.includes('MiB') ? MIB : 1)
}
