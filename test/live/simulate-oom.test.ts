import { existsSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
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
    const outer = createGroup('sgd1-init')
    groups.push(outer)
    await startHog(program, outer, ['name=child', 'anon=4M'])
    const unshare = ['unshare', '--pid', '--fork']
    await startHog(program, outer, ['name=init', 'anon=20M'], ['stay'], unshare)
    limitWithRoom(outer, 6)
    const { victims } = await foretell(outer)
    expect(victims.map(({ name }) => name)).toEqual(['init'])

    await startHog(program, outer, ['name=last'], ['grow=256K,5,7M', 'stay'])
    await until('init is gone', () => !existsSync(`/proc/${victims[0]?.pid}`))
  })
})

function play(scene: OomScene): Promise<PlayedScene> {
  return playScene(program, scene, (group) => groups.push(group))
}

function largestOf({ members }: OomScene): string {
  const most = Math.max(...members.map(({ mib }) => mib))
  return `m${members.findIndex(({ mib }) => mib === most)}`
}
