import { expect, it, vi } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import type { Dead } from '../../../investigate/glance.ts'

const AT = Date.UTC(2026, 4, 1, 10, 20)
const NOWHERE = { STELLA_DATA: '/nowhere' }
const hog = { at: AT, pid: 4321, name: 'hog' }

function sees(
  dead: readonly Dead[],
  unread: readonly string[] = [],
  unnamedKills: number | null = null,
) {
  return { env: NOWHERE, engine: { glance: async () => ({ dead, unread, unnamedKills }) } }
}

it('names each that died with the command that says why', async () => {
  const dead = [
    { target: 'docker:web', exitCode: 137, kills: [hog, { ...hog, at: AT - 1 }] },
    { target: 'cgroup:/jobs/17', exitCode: null, kills: [hog] },
  ]
  const { code, out, err } = await stella([], sees(dead))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^2 have died or lost a process here, perhaps of memory\.\n/)
  expect(out).toMatch(
    /docker:web: ended with 137; the kernel killed hog \(PID 4321\) at 2026-05-01 [^,]+,\s+and 1 before\n {6}stella why docker:web\n/,
  )
  expect(out).toMatch(
    /a memory group: the kernel killed hog .*\n {6}stella why cgroup:\/jobs\/17\n/,
  )
  expect(out).toMatch(/\nAll commands: stella --help\n$/)
})

it('names no more than a few of many, and one command for all', async () => {
  const dead = Array.from({ length: 9 }, (_, at) => ({
    target: `docker:w${at}`,
    exitCode: 137,
    kills: [],
  }))
  const { out } = await stella(['--quiet'], sees(dead))
  expect(out.trim().split('\n')).toEqual([
    ...dead.slice(0, 5).map(({ target }) => `stella why ${target}`),
    'stella why host --all',
  ])
})

it('says what leads on where nothing was seen, and what could not be seen', async () => {
  const { code, out } = await stella([], sees([], ['/dev/kmsg: it needs CAP_SYSLOG']))
  expect(code).toBe(0)
  expect(out).toMatch(/^Nothing seen here died of memory, as far as it can be seen\.\n/)
  expect(out).toContain('      stella top\n')
  expect(out).toContain('      stella watch\n')
  expect(out).toContain('Not seen: /dev/kmsg: it needs CAP_SYSLOG\n')
})

it('is one document for a script, with times in UTC', async () => {
  const { out } = await stella(
    ['--json'],
    sees([{ target: 'docker:web', exitCode: 137, kills: [hog] }]),
  )
  expect(JSON.parse(out)).toEqual({
    schema: 'stella.next/1',
    dead: [
      { target: 'docker:web', exitCode: 137, kills: [{ ...hog, at: '2026-05-01T10:20:00.000Z' }] },
    ],
    steps: [{ says: expect.stringContaining('docker:web'), run: 'stella why docker:web' }],
    unread: [],
    unnamedKills: null,
  })
})

it('does not call a machine quiet that counts kills which no log names, and leads to the log', async () => {
  const user = vi.spyOn(process, 'getuid').mockReturnValue(1000)
  try {
    const closed = sees([], ['/dev/kmsg: it needs CAP_SYSLOG'], 3)
    const { out } = await stella([], closed)
    expect(out).toMatch(/^The kernel has killed 3 processes for lack of memory since/)
    expect(out).not.toContain('Nothing seen')
    expect((await stella(['--quiet'], closed)).out).toMatch(/^sudo stella\nstella top\n/)
    const died = { target: 'docker:web', exitCode: 137, kills: [] }
    const both = await stella([], sees([died], [], 1))
    expect(both.out).toMatch(/^1 has died .* memory\. The kernel has killed 1 process for lack/s)
    user.mockReturnValue(0)
    expect((await stella(['--quiet'], closed)).out).not.toContain('sudo')
  } finally {
    user.mockRestore()
  }
})
