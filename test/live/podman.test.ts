import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../../src/investigate/collect.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { World } from '../../src/model/evidence.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import type { TestPodman } from '../support/podman.ts'
import { factsOf, observed, reportsAbout } from '../support/world.ts'

describe.skipIf(requireParts('root', 'kmsg', 'podman', 'busybox', 'compiler'))(
  'real Podman containers',
  () => {
    const name = `stella-test-${process.pid}-podman`
    let podman: TestPodman
    let id = ''

    beforeAll(async () => {
      await roomForReports()
      podman = testPodman()
      const image = await podman.image()
      const run = podman.tryCli(
        'run',
        '--network=none',
        `--name=${name}`,
        '--memory=16m',
        '--memory-swap=16m',
        image,
        'hog',
        'say=last words',
        'anon=64M',
      )
      expect(run.status, run.stderr).toBe(137)
      id = podman.cli('inspect', '--format={{.Id}}', name).trim()
    }, 120_000)
    afterAll(() => {
      podman.tryCli('rm', '--force', name)
    })

    async function ask(env: Record<string, string>): Promise<World> {
      const reader = hostReader({ env: { ...process.env, ...podman.env, ...env } })
      return (await collect({ kind: 'container', engine: 'podman', name }, { reader })).world
    }

    function expectKill(world: World): void {
      const [state] = factsOf(world, 'container-state')
      expect(state).toMatchObject({
        engine: 'podman',
        id,
        name,
        exitCode: 137,
        memoryLimitBytes: 16 * MIB,
      })
      const [report] = reportsAbout(world, `/libpod_parent/libpod-${id}`)
      expect(report?.kills).toHaveLength(1)
      const events = factsOf(world, 'container-event')
      expect(events.map(({ action }) => action)).toEqual(
        expect.arrayContaining(['create', 'start', 'die']),
      )
      expect(new Set(events.map((event) => event.engine))).toEqual(new Set(['podman']))
      expect(
        observed(world, 'log-hint').some(({ fact }) => fact.message.includes('last words')),
      ).toBe(true)
    }

    it('asks the program where no API service runs', async () => {
      expectKill(await ask({}))
    })

    it('asks the API service where one runs', async () => {
      const service = await podman.service()
      try {
        expectKill(await ask({ CONTAINER_HOST: `unix://${service.socket}`, PATH: '/nowhere' }))
      } finally {
        await service.stop()
      }
    })
  },
)
