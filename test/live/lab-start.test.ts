/** Starts of labs that do not come to their end. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { lab, residueOf } from '../support/labs.ts'
import type { Player } from '../support/labs.ts'
import { requireParts } from '../support/parts.ts'
import { stellaOnTerminal } from '../support/pty.ts'
import { startServing } from '../support/serving.ts'
import { until } from '../support/testbed.ts'

const ID = 'page-cache'

let player: Player
beforeEach(() => {
  player = { data: mkdtempSync(join(tmpdir(), 'stella-test-lab-')), backend: 'cgroup' }
})
afterEach(() => rmSync(player.data, { recursive: true, force: true }))

describe.skipIf(requireParts('root', 'script'))('a start', () => {
  it('whose terminal is closed leaves nothing', async () => {
    const args = ['lab', 'start', ID, '--backend', 'cgroup', '--data', player.data]
    const terminal = stellaOnTerminal(args, { columns: 120, rows: 30 })
    const pid = String(await terminal.pid())
    await terminal.shows(/waiting for the fault to show/)
    expect(residueOf(player, ID)).not.toEqual([])
    terminal.kill()
    await until('stella has ended', () => !readdirSync('/proc').includes(pid))
    expect(residueOf(player, ID)).toEqual([])
    expect(await lab(player, 'status', ID)).toMatchObject({ code: 3 })
  })

  it('in the middle of another one is refused, and does it no harm', async () => {
    const args = ['lab', 'start', ID, '--backend', 'cgroup', '--data', player.data]
    const terminal = stellaOnTerminal(args, { columns: 120, rows: 30 })
    await terminal.shows(/waiting for the fault to show/)
    const second = await lab(player, 'start', ID, '--backend', 'cgroup')
    expect(second.code).toBe(3)
    expect(second.err).toMatch(new RegExp(`lab start ${ID}`))
    await terminal.shows(/code=0/)
    expect(await lab(player, 'status', ID)).toMatchObject({ code: 0 })
    await lab(player, 'stop', ID)
    expect(residueOf(player, ID)).toEqual([])
  })
})

describe.skipIf(requireParts('root'))('a start over HTTP', () => {
  it('that is ended in its midst leaves nothing, nor does one whose server ends', async () => {
    const server = await startServing(player.data, ['--no-watch'])
    const post = (call: string, body = {}): Promise<Response> =>
      server.get(`/api/labs/${ID}/${call}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const begun = async (): Promise<void> => {
      expect((await post('start', { backend: 'cgroup' })).status).toBe(201)
      await until('a group is made', () => residueOf(player, ID).length > 1)
    }
    await begun()
    expect(await server.json(`/api/labs/${ID}`)).toMatchObject({ doing: { what: 'start' } })
    expect((await post('stop')).status).toBe(200)
    expect(residueOf(player, ID)).toEqual([])
    expect(await server.json(`/api/labs/${ID}`)).toMatchObject({ doing: null, trouble: null })
    await begun()
    expect(await server.stop()).toBe(0)
    expect(residueOf(player, ID)).toEqual([])
  })
})

describe.skipIf(requireParts('root', 'setpriv'))('without rights', () => {
  it('says what is needed, and how to come by it', () => {
    chmodSync(player.data, 0o777)
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all']
    const words = ['lab', 'start', 'container-oom-kill', '--data', player.data]
    const argv = [...nobody, '--inh-caps=-all', process.execPath, LAUNCHER, ...words]
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: player.data,
      DOCKER_HOST: `unix://${player.data}/none.sock`,
      CONTAINER_HOST: `unix://${player.data}/none.sock`,
    }
    const { status, stdout, stderr } = spawnSync('setpriv', argv, { env, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toMatch(/^stella: container-oom-kill: there is nowhere to make it: /)
    for (const place of ['docker', 'podman', 'cgroup']) expect(stderr).toContain(`${place}: `)
    expect(stderr).toMatch(/no group may be made in \S+ \(EACCES\): it needs root/)
    expect(stderr).toMatch(/; start Docker or Podman, or run it as root; nothing was made\n$/)
    expect(existsSync(join(player.data, 'labs/container-oom-kill'))).toBe(false)
  })
})
