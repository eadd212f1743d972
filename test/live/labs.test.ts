import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import type { Lab, Need } from '../../src/labs/lab.ts'
import { lab, labOf, labsFor, play, residueOf, solve, start } from '../support/labs.ts'
import type { Player } from '../support/labs.ts'
import { testDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import type { Part } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const root = join(testbedFolder('labs'), String(process.pid))

/** With a data folder of its own: in one folder only one lab is made at a time. */
function player(folder: string): Player {
  return { data: join(root, folder), backend: 'cgroup' }
}

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What this machine needs for what a lab asks of its kernel. */
const PARTS: Readonly<Record<Need, readonly Part[]>> = {
  'oom-kill-disable': ['cgroup-v1'],
  'slow-disk': ['slow-disk'],
  'swap-accounting': [],
}

const ENGINES = [
  {
    engine: 'docker',
    env: async () => (await testDocker()).env,
    id: 'container-oom-kill',
    cheats: ['an idle container', 'a kill after the check'],
  },
  {
    engine: 'podman',
    env: async () => testPodman().env,
    id: 'restart-loop',
    // Podman has its own words for what has no limit.
    cheats: ['the limit removed'],
  },
] as const

/** Of the programs that labs name. */
const PROGRAMS: Readonly<Record<string, Part>> = { perl: 'perl' }

function partsFor({ needs, programs }: Lab): readonly Part[] {
  return [
    ...needs.flatMap((need) => PARTS[need]),
    ...programs.flatMap((program) => PROGRAMS[program] ?? []),
  ]
}

// Labs are mostly waiting: several are played at a time, and of each lab one alone.
describe.skipIf(requireParts('root', 'kmsg'))('labs in bare memory groups', () => {
  for (const id of labsFor('cgroup'))
    test
      .skipIf(requireParts(...partsFor(labOf(id))))
      .concurrent(id, { timeout: 120_000 }, async () => {
        expect(await play(player(id), id)).toEqual([])
      })
})

describe.skipIf(requireParts('root', 'kmsg'))('the life of a lab', () => {
  test.concurrent(
    'begun again it is solved again, and while it is open it is not begun twice',
    { timeout: 60_000 },
    async () => {
      const bare = player('again')
      for (let times = 0; times < 2; times++) {
        await start(bare, 'tmpfs')
        const second = await lab(bare, 'start', 'tmpfs', '--backend', 'cgroup')
        expect(second).toEqual({
          code: 2,
          document: {},
          err: expect.stringContaining('it is open already'),
        })
        await solve(bare, 'tmpfs')
        await lab(bare, 'stop', 'tmpfs')
        expect(residueOf(bare, 'tmpfs')).toEqual([])
      }
    },
  )

  test.concurrent('a closed terminal: what was begun is removed', { timeout: 60_000 }, async () => {
    const bare = player('terminal')
    const child = await beginning(bare, 'victim')
    child.kill('SIGHUP')
    await once(child, 'close')
    expect(child.exitCode).toBe(1)
    expect(residueOf(bare, 'victim')).toEqual([])
  })

  test.concurrent(
    'a crash in the midst of the start: the next one cleans up',
    { timeout: 60_000 },
    async () => {
      const bare = player('crash')
      const child = await beginning(bare, 'child-oom')
      child.kill('SIGKILL')
      await once(child, 'close')
      expect(residueOf(bare, 'child-oom')).not.toEqual([])
      expect(await lab(bare, 'check', 'child-oom')).toMatchObject({ code: 3 })
      await start(bare, 'child-oom')
      rmSync(join(bare.data, 'labs/child-oom'), { recursive: true })
      expect(residueOf(bare, 'child-oom')).not.toEqual([])
      await lab(bare, 'stop', 'child-oom')
      expect(residueOf(bare, 'child-oom')).toEqual([])
    },
  )

  test.concurrent('its time is over: everything ends by itself', { timeout: 60_000 }, async () => {
    const bare = player('time')
    const began = await lab(bare, 'start', 'page-cache', '--backend', 'cgroup', '--ttl', '8s')
    expect(began).toMatchObject({ code: 0 })
    await until('nobody lives in its groups', () => processesOf(bare, 'page-cache').length === 0)
    const next = await lab(bare, 'start', 'units')
    expect(next).toMatchObject({ code: 0 })
    expect(residueOf(bare, 'page-cache')).toEqual([])
    await lab(bare, 'stop', 'units')
  })

  for (const { engine, env, id, cheats } of ENGINES)
    test
      .skipIf(requireParts(engine))
      .concurrent(`${id} in ${engine}`, { timeout: 120_000 }, async () => {
        const contained: Player = { ...player(engine), backend: engine, env: await env() }
        const tried: readonly string[] = cheats
        const left = await play(contained, id, { cheats: ({ name }) => tried.includes(name) })
        expect(left).toEqual([])
      })
})

/** A start as a program of its own, once its first process lives. */
async function beginning(bare: Player, id: string): Promise<ReturnType<typeof spawn>> {
  const argv = ['lab', 'start', id, '--backend', 'cgroup', '--data', bare.data]
  const child = spawn(process.execPath, [join(REPO, 'scripts/stella.ts'), ...argv], {
    stdio: 'ignore',
  })
  await until('its first process lives', () => processesOf(bare, id).length > 0)
  return child
}

function processesOf(bare: Player, id: string): readonly string[] {
  return residueOf(bare, id).filter((found) => /^\d+$/.test(found) && isWorkload(found))
}

function isWorkload(pid: string): boolean {
  const path = `/proc/${pid}/comm`
  return existsSync(path) && readFileSync(path, 'utf8') !== 'sh\n'
}
