import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/cli/engine.ts'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { collect } from '../../src/investigate/collect.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { testDocker, type TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import {
  anyMembers,
  foretell,
  limitWithRoom,
  type OomScene,
  type PlayedScene,
  playScene,
  randomFrom,
  startHog,
} from '../support/oom-scene.ts'
import { requireParts } from '../support/parts.ts'
import { run, until } from '../support/testbed.ts'

const KILLS = 30
const AT_A_TIME = 5

const groups: TestGroup[] = []
let program = ''

describe.skipIf(requireParts('root', 'kmsg', 'compiler'))('whom the kernel takes, foretold', () => {
  beforeAll(async () => {
    program = await hog()
  })
  afterEach(async () => {
    for (const made of groups.splice(0).toReversed()) await made.remove()
  })

  // Lower than 0 needs a right that the tests may lack: negative scores are tested in a guest.
  it(`is right ${KILLS} times of ${KILLS}`, async () => {
    const random = randomFrom(20_260_501)
    const scenes = Array.from({ length: KILLS }, (_, number) => ({
      name: String(number),
      members: anyMembers(random, 0),
    }))
    const played: PlayedScene[] = []
    for (let at = 0; at < KILLS; at += AT_A_TIME) {
      played.push(...(await Promise.all(scenes.slice(at, at + AT_A_TIME).map(play))))
    }
    expect(played.map(({ foretold }) => foretold[0])).toEqual(played.map(({ killed }) => killed[0]))
    // Not a matter of size alone: adjustments decide some of them.
    const bySize = scenes.map(largestOf)
    expect(played.filter(({ killed }, at) => killed[0] !== bySize[at]).length).toBeGreaterThan(5)
  })

  it('says that it is too close to call where two are alike, and knows whom from the table', async () => {
    const alike = { mib: 20, oomScoreAdj: 0, nested: false }
    await roomForReports()
    const { killed, closeCall, path } = await play({
      name: 'alike',
      members: [alike, alike, alike],
    })
    expect(closeCall).toBe(true)

    const { out } = await stella(['simulate', 'oom', '--from', '-', `cgroup:${path}`, '--json'], {
      engine: liveEngine,
      stdin: run(['dmesg']),
    })
    expect(JSON.parse(out).victim.name).toBe(killed[0])
  })

  it('takes the first process of a container as any other', async () => {
    const outer = createGroup('oom-init')
    groups.push(outer)
    await startHog(program, outer, ['name=child', 'anon=4M'])
    const unshare = ['unshare', '--pid', '--fork']
    await startHog(program, outer, ['name=init', 'anon=20M'], ['stay'], unshare)
    limitWithRoom(outer, 6)
    const { victims } = await foretell(outer)
    expect(victims.map(({ name }) => name)).toEqual(['init'])

    await startHog(program, outer, ['name=last'], ['grow=256K,5,9M', 'stay'])
    await until('init is gone', () => !existsSync(`/proc/${victims[0]?.pid}`))
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'a real container',
  () => {
    const name = `stella-test-${process.pid}-oom-exec`
    let docker: TestDocker
    let image = ''

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    afterAll(() => {
      docker.tryCli('rm', '--force', name)
    })

    it('loses what was started in it by exec, and lives on', async () => {
      const limits = ['--memory=48m', '--memory-swap=48m']
      docker.cli(
        'run',
        '--detach',
        '--network=none',
        `--name=${name}`,
        ...limits,
        image,
        'hog',
        'anon=8M',
        'stay',
      )
      docker.cli('exec', '--detach', name, 'hog', 'name=debug', 'anon=24M', 'stay')
      const rss = () =>
        [...docker.cli('top', name, '-o', 'pid,rss').matchAll(/(\d+)$/gm)].map(([kib]) =>
          Number(kib),
        )
      // Who takes its memory only now is no victim yet.
      await until('both hold their memory', () => {
        const [least = 0, most = 0] = rss().toSorted((a, b) => a - b)
        return least >= 8 * 1024 && most >= 24 * 1024
      })

      const { out } = await stella(['simulate', 'oom', `docker:${name}`, '--json'], {
        engine: engineOf(docker),
      })
      const answer = JSON.parse(out)
      expect(answer).toMatchObject({ victim: { name: 'debug' }, limitBytes: 48 * MIB, unknown: [] })
      expect(answer.path).toContain('/docker/')

      // On a busy machine the kernel may take this one, too, while the first is still leaving: that is another kill.
      expect([0, 137]).toContain(docker.tryCli('exec', name, 'hog', 'anon=18M').status)
      expect(docker.cli('top', name)).not.toContain('name=debug')
      expect(docker.cli('inspect', '--format={{.State.Running}}', name).trim()).toBe('true')
    })
  },
)

/** The live engine, which asks the Docker of the tests. */
function engineOf({ env }: TestDocker): Partial<Engine> {
  const reader = hostReader({ env: { ...process.env, ...env } })
  return { collect: (target, options) => collect(target, { ...options, reader }) }
}

function play(scene: OomScene): Promise<PlayedScene> {
  return playScene(program, scene, (group) => groups.push(group))
}

function largestOf({ members }: OomScene): string {
  const most = Math.max(...members.map(({ mib }) => mib))
  return `m${members.findIndex(({ mib }) => mib === most)}`
}
