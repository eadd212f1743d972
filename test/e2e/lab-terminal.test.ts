/** Whoever works on a lab at a real terminal. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { lab, start } from '../support/labs.ts'
import type { Player } from '../support/labs.ts'
import { stellaOnTerminal } from '../support/pty.ts'
import type { OnTerminal } from '../support/pty.ts'
import { until } from '../support/testbed.ts'

let player: Player
let shown: OnTerminal | null = null
beforeEach(() => {
  player = { data: mkdtempSync(join(tmpdir(), 'stella-test-lab-')), backend: 'files' }
})
afterEach(() => {
  shown?.kill()
  rmSync(player.data, { recursive: true, force: true })
})

function watch(): OnTerminal {
  const args = ['lab', 'watch', 'units', '--data', player.data]
  shown = stellaOnTerminal(args, { columns: 160, rows: 40 })
  return shown
}

function mend(from: RegExp, to: string): void {
  const file = join(player.data, 'labs/units/deployment.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}

/** What is kept of the lab, but for when it was looked at. */
async function kept(): Promise<Record<string, unknown>> {
  const { code, document } = await lab(player, 'status', 'units')
  expect(code).toBe(0)
  return document
}

describe('stella lab watch', () => {
  it('tells each check as it changes, once, and leaves when all hold', async () => {
    await start(player, 'units')
    const terminal = watch()
    await terminal.shows(/fails {2}limit: 256m = 0\.256 bytes[^]*fails {2}sidecar: '64MB'/)
    mend(/memory: 256m/, 'memory: 256Gi')
    await terminal.shows(/fails {2}limit: .*256 GiB/)
    mend(/memory: 256Gi/, 'memory: 256Mi')
    await terminal.shows(/holds {2}limit/)
    mend(/memory: 192m/, 'memory: 192Mi')
    mend(/64MB/, '64Mi')
    await terminal.shows(/Solved in \d+ s with 0 hints[^]*code=0/)
    const told = terminal.terminal.lines().filter((line) => line.startsWith('fails  sidecar: '))
    expect(told).toHaveLength(1)
    expect(await kept()).toMatchObject({ solved: true, attempts: 1 })
  })

  it('leaves the lab as it is at Ctrl-C', async () => {
    await start(player, 'units')
    const before = await kept()
    const terminal = watch()
    await terminal.shows(/fails {2}limit/)
    terminal.type('\u0003')
    await terminal.ended
    expect(terminal.sent()).not.toContain('removed')
    expect(await kept()).toEqual(before)
  })

  it('says by its exit code that it was left before', async () => {
    await start(player, 'units')
    const argv = [LAUNCHER, 'lab', 'watch', 'units', '--json', '--data', player.data]
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    await once(child, 'close')
    expect(child.exitCode).toBe(1)
  })

  it('ends with its terminal, and leaves the lab as it is', async () => {
    await start(player, 'units')
    const before = await kept()
    const terminal = watch()
    const pid = String(await terminal.pid())
    await terminal.shows(/fails {2}limit/)
    terminal.kill()
    await until('stella has ended', () => !readdirSync('/proc').includes(pid))
    expect(await kept()).toEqual(before)
  })

  it('says that a lab is not open, also where it is ended meanwhile', async () => {
    expect(await lab(player, 'watch', 'units')).toMatchObject({
      code: 3,
      err: expect.stringContaining("begin with 'stella lab start units'"),
    })
    await start(player, 'units')
    const terminal = watch()
    await terminal.shows(/fails {2}limit/)
    await lab(player, 'stop', 'units')
    await terminal.shows(/it is not open[^]*code=3/)
    expect(readdirSync(join(player.data, 'labs'))).not.toContain('units')
  })
})

it('of two starts at the same moment one makes it, and the other says so', async () => {
  const argv = [LAUNCHER, 'lab', 'start', 'units', '--quiet', '--data', player.data]
  const both = [1, 2].map(() => spawn(process.execPath, argv, { stdio: 'pipe' }))
  const said = both.map(async (child) => {
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await once(child, 'close')
    return { code: child.exitCode, text }
  })
  const [one, other] = (await Promise.all(said)).toSorted((a, b) => (a.code ?? 0) - (b.code ?? 0))
  expect(one).toEqual({ code: 0, text: '' })
  // It comes in the middle of the other one, or right behind it.
  expect([2, 3]).toContain(other?.code)
  expect(other?.text).toMatch(/^stella: .*(?:it is open already|lab start units).*\n$/)
  expect(await kept()).toMatchObject({ solved: false, attempts: 0 })
})
