import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { lab, play, residueOf, solve, start } from '../support/labs.ts'
import type { Player } from '../support/labs.ts'
import { testDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const data = join(testbedFolder('labs'), String(process.pid))
const bare: Player = { data, backend: 'cgroup' }

afterAll(() => rmSync(data, { recursive: true, force: true }))

describe.skipIf(requireParts('root', 'kmsg'))('labs in bare memory groups', () => {
  test.each([
    'container-oom-kill',
    'not-an-oom',
    'child-oom',
    'page-cache',
    'restart-loop',
    'tmpfs',
    'victim',
    'reservation',
    'swap',
  ])('%s', { timeout: 120_000 }, async (id) => {
    expect(await play(bare, id)).toEqual([])
  })

  test('a lab can be begun again, and solved again', { timeout: 60_000 }, async () => {
    await start(bare, 'container-oom-kill')
    await solve(bare, 'container-oom-kill')
    await lab(bare, 'stop', 'container-oom-kill')
    expect(residueOf(bare, 'container-oom-kill')).toEqual([])
  })

  test('a closed terminal: what was begun is removed', { timeout: 60_000 }, async () => {
    const child = await beginning('child-oom')
    child.kill('SIGHUP')
    await once(child, 'close')
    expect(child.exitCode).toBe(1)
    expect(residueOf(bare, 'child-oom')).toEqual([])
  })

  test(
    'a crash in the midst of the start: the next one cleans up',
    { timeout: 60_000 },
    async () => {
      const child = await beginning('child-oom')
      child.kill('SIGKILL')
      await once(child, 'close')
      expect(residueOf(bare, 'child-oom')).not.toEqual([])
      expect(await lab(bare, 'check', 'child-oom')).toMatchObject({ code: 3 })
      await start(bare, 'child-oom')
      rmSync(join(data, 'labs/child-oom'), { recursive: true })
      expect(residueOf(bare, 'child-oom')).not.toEqual([])
      await lab(bare, 'stop', 'child-oom')
      expect(residueOf(bare, 'child-oom')).toEqual([])
    },
  )

  test('its time is over: everything ends by itself', { timeout: 60_000 }, async () => {
    const began = await lab(bare, 'start', 'page-cache', '--backend', 'cgroup', '--ttl', '8s')
    expect(began).toMatchObject({ code: 0 })
    await until('nobody lives in its groups', () => processesOf('page-cache').length === 0)
    const next = await lab(bare, 'start', 'units')
    expect(next).toMatchObject({ code: 0 })
    expect(residueOf(bare, 'page-cache')).toEqual([])
    await lab(bare, 'stop', 'units')
  })
})

describe.skipIf(requireParts('root', 'cgroup-v1'))('labs that cgroup v1 alone can make', () => {
  test('hang', { timeout: 120_000 }, async () => {
    expect(await play(bare, 'hang')).toEqual([])
  })

  test.skipIf(requireParts('slow-disk'))('dirty-pages', { timeout: 120_000 }, async () => {
    expect(await play(bare, 'dirty-pages')).toEqual([])
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker'))('labs in Docker', () => {
  test('container-oom-kill', { timeout: 120_000 }, async () => {
    const { env } = await testDocker()
    const left = await play({ data, backend: 'docker', env }, 'container-oom-kill', {
      cheats: ({ name }) => name === 'an idle container' || name === 'a kill after the check',
    })
    expect(left).toEqual([])
  })
})

/** A start as a program of its own, once its first process lives. */
async function beginning(id: string): Promise<ReturnType<typeof spawn>> {
  const argv = ['lab', 'start', id, '--backend', 'cgroup', '--data', data]
  const child = spawn(process.execPath, [join(REPO, 'scripts/stella.ts'), ...argv], {
    stdio: 'ignore',
  })
  await until('its first process lives', () => processesOf(id).length > 0)
  return child
}

function processesOf(id: string): readonly string[] {
  return residueOf(bare, id).filter((found) => /^\d+$/.test(found) && isWorkload(found))
}

function isWorkload(pid: string): boolean {
  const path = `/proc/${pid}/comm`
  return existsSync(path) && readFileSync(path, 'utf8') !== 'sh\n'
}
