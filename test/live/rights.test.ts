import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { run } from '../support/testbed.ts'

const Answer = z.object({
  kinds: z._default(z.array(z.string()), []),
  unknown: z._default(z.array(z.string()), []),
  exitCode: z._default(z.nullable(z.number()), null),
  line: z._default(z.string(), ''),
})

/** What stella finds out as a user without any right beyond the ordinary. */
function asNobody(target: string, env: Record<string, string> = {}): z.infer<typeof Answer> {
  const script = join(import.meta.dirname, '../support/print-world.ts')
  const drop = [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
  ]
  return Answer.parse(
    JSON.parse(run(['setpriv', ...drop, process.execPath, script, target], { env })),
  )
}

describe.skipIf(requireParts('root', 'setpriv'))('without rights', () => {
  it('tells what may be read of a process of another user, and which right the rest needs', () => {
    const { kinds, unknown } = asNobody(`pid:${process.pid}`)
    expect(kinds).toEqual(
      expect.arrayContaining(['process-state', 'cgroup-state', 'host-memory', 'host-state']),
    )
    expect(unknown.join('\n')).toMatch(/CAP_SYS_ADMIN/)
    expect(unknown.join('\n')).toMatch(/CAP_SYS_PTRACE/)
  })

  it('either reads the kernel log or says what it takes', () => {
    const { kinds, unknown } = asNobody('host')
    const silent = unknown.every((sentence) => !/kernel log/.test(sentence))
    expect(kinds.includes('kernel-log-coverage') && silent).toBe(!/CAP_SYSLOG/.test(unknown.join()))
  })

  it('tells which file of a group may not be read, and reads the others', async () => {
    const group = createGroup('rights', 16 * MIB)
    try {
      const limit = join(group.folder, group.version === 1 ? 'memory.limit_in_bytes' : 'memory.max')
      chmodSync(limit, 0o600)
      const { kinds, unknown } = asNobody(`cgroup:${group.path}`)
      expect(kinds).toContain('cgroup-state')
      expect(unknown).toContain(`${limit} could not be read: it needs root`)
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
