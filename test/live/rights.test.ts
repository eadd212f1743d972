import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { printWorld, runPrintWorld } from '../support/printed-world.ts'
import type { PrintedWorld } from '../support/printed-world.ts'

/** A program of a user without any right beyond the ordinary. */
const AS_NOBODY = [
  ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
  ...['--inh-caps=-all', '--bounding-set=-all'],
]

/** What stella finds out as such a user. */
function asNobody(target: string, env: Record<string, string> = {}): PrintedWorld {
  return runPrintWorld([...AS_NOBODY, ...printWorld(target)], env)
}

function kinds({ seen }: PrintedWorld): string[] {
  return [...new Set(seen.map(({ kind }) => kind))]
}

describe.skipIf(requireParts('root', 'setpriv'))('without rights', () => {
  it('tells what may be read of a process of another user, and which right the rest needs', () => {
    const world = asNobody(`pid:${process.pid}`)
    expect(kinds(world)).toEqual(
      expect.arrayContaining(['process-state', 'cgroup-state', 'host-memory', 'host-state']),
    )
    expect(world.unknown.join('\n')).toMatch(/CAP_SYS_ADMIN/)
    expect(world.unknown.join('\n')).toMatch(/CAP_SYS_PTRACE/)
  })

  it('either reads the kernel log or says what it takes', () => {
    const world = asNobody('host')
    const read = kinds(world).includes('kernel-log-coverage')
    expect(/CAP_SYSLOG/.test(world.unknown.join())).toBe(!read)
  })

  it('tells which file of a group may not be read, and reads the others', async () => {
    const group = createGroup('rights', 16 * MIB)
    try {
      const limit = join(group.folder, group.version === 1 ? 'memory.limit_in_bytes' : 'memory.max')
      chmodSync(limit, 0o600)
      const world = asNobody(`cgroup:${group.path}`)
      expect(kinds(world)).toContain('cgroup-state')
      expect(world.unknown).toContain(`${limit} could not be read: it needs root`)
    } finally {
      await group.remove()
    }
  })

  it.each([['serve', '--listen', '127.0.0.1:0'], ['watch'], ['scanner', 'status']])(
    'says that %s cannot keep anything in a folder of another user, and what to do',
    (...command) => {
      const folder = mkdtempSync(join(tmpdir(), 'stella-test-not-ours-'))
      try {
        chmodSync(folder, 0o755)
        const [program, ...words] = [...AS_NOBODY, process.execPath, LAUNCHER] as const
        const argv = [...words, ...command, '--data', folder]
        const { status, stderr } = spawnSync(program, argv, { encoding: 'utf8', timeout: 30_000 })
        expect(stderr).toMatch(
          new RegExp(
            `^stella: ${folder}\\S*: nothing can be kept in this folder \\(EACCES\\); name`,
          ),
        )
        expect(status).toBe(3)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )

  it('scans an image for a user who has no home, and so no place to keep anything', () => {
    const root = mkdtempSync(join(tmpdir(), 'stella-test-rootfs-'))
    try {
      chmodSync(root, 0o755)
      mkdirSync(join(root, 'node_modules/found'), { recursive: true })
      writeFileSync(
        join(root, 'node_modules/found/package.json'),
        '{"name":"found","version":"1.2.3"}',
      )
      const [program, ...words] = [...AS_NOBODY, process.execPath, LAUNCHER] as const
      const { status, stdout, stderr } = spawnSync(
        program,
        [...words, 'scan', 'image', `dir:${root}`],
        {
          env: { PATH: process.env['PATH'] ?? '' },
          cwd: '/',
          encoding: 'utf8',
        },
      )
      expect(stderr).toBe('')
      expect(status).toBe(0)
      expect(stdout).toMatch(/found +1\.2\.3/)
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it.skipIf(requireParts('docker'))(
    'says that the socket of Docker needs root or a group',
    async () => {
      const docker = await testDocker()
      const { exitCode, line } = asNobody('docker:web', docker.env)
      expect(exitCode).toBe(3)
      expect(line).toContain(
        'may not be opened: it needs root or the group docker; run stella with that right',
      )
    },
  )
})
