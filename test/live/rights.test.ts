import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { printWorld, runPrintWorld } from '../support/printed-world.ts'
import type { PrintedWorld } from '../support/printed-world.ts'

/** What stella finds out as a user without any right beyond the ordinary. */
function asNobody(target: string, env: Record<string, string> = {}): PrintedWorld {
  const ids = ['--reuid=65534', '--regid=65534', '--clear-groups']
  const none = ['--inh-caps=-all', '--bounding-set=-all']
  return runPrintWorld(['setpriv', ...ids, ...none, ...printWorld(target)], env)
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
