import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import type { Engine } from '../../engine.ts'
import { unreachableError } from '../../../model/errors.ts'

const HOST = `{
    "schema": "stella.machine/1",
    "cgroup": 2,
    "memory": { "totalBytes": 8589934592 },
    "sysctls": { "vm.oom_kill_allocating_task": 0 },
    "pressure": true
}
`
const WEB = `[
    {
        "Name": "/web",
        "State": {},
        "HostConfig": { "Memory": 0 }
    }
]
`

function seen(unread: readonly string[] = [], host = HOST): Partial<Engine> {
  const documents = [
    { path: 'host', text: host },
    { path: 'docker:web', text: WEB },
  ]
  return { survey: async () => ({ documents, unread }) }
}

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stella-test-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('audit --live', () => {
  it('judges the machine and its containers', async () => {
    const { code, out, err } = await stella(['audit', '--live'], { engine: seen() })
    expect(err).toBe('')
    expect(out).toContain('1 memory mistake in this machine and 1 container: 1 high\n')
    expect(out).toContain('docker:web:3:9  high C01  No memory limit\n')
    expect(code).toBe(1)
  })

  it('says what could not be asked, and judges the rest as if nothing were wrong with that', async () => {
    const engine = seen(['docker could not be asked: it needs root or the group docker'])
    const { code, err, out } = await stella(['audit', '--live', '--json'], { engine })
    expect(JSON.parse(out)).toMatchObject({ unread: [expect.stringContaining('needs root')] })
    expect(err).toBe('stella: docker could not be asked: it needs root or the group docker\n')
    expect(code).toBe(1)
  })

  it('tells the missing right where nothing can be judged', async () => {
    const problem = unreachableError('nothing can be read: it needs root', '--live', 'run it so')
    const engine = { survey: () => Promise.reject(problem) }
    const { code, err, out } = await stella(['audit', '--live'], { engine })
    expect([code, out, err]).toEqual([
      3,
      '',
      'stella: --live: nothing can be read: it needs root; run it so\n',
    ])
  })

  it('judges files against the machine, whatever the configuration says of another', async () => {
    const compose = join(folder, 'compose.yaml')
    const config = join(folder, 'config.yaml')
    const service = 'image: registry.example.com/a:1\n    mem_limit: 9g\n    mem_swappiness: 10\n'
    writeFileSync(compose, `services:\n  a:\n    ${service}`)
    writeFileSync(config, 'cgroup: v1\nhostMemory: 64Gi\n')
    const args = ['audit', compose, '--config', config, '--quiet']
    expect(await stella(args)).toMatchObject({ code: 0 })
    const { out } = await stella([...args, '--live'], { engine: seen() })
    expect(out).toMatch(/ C22 .*8 GiB\n/)
    expect(out).toMatch(/ C09 /)
    const stated = await stella([...args, '--live', '--cgroup', 'v1', '--host-memory', '64Gi'], {
      engine: seen(),
    })
    expect(stated.out).toBe('docker:web:3:9: high C01 web may take all memory of its machine\n')
  })

  it('changes nothing, though it is asked to mend', async () => {
    const { out } = await stella(['audit', '--live', '--fix'], { engine: seen() })
    expect(out).toContain('Nothing could be mended')
  })

  it.each(['sarif', 'junit', 'github', 'json'])('names containers in %s', async (format) => {
    const { out } = await stella(['audit', '--live', '--format', format], { engine: seen() })
    expect(out).toMatch(/docker(?::|%3A)web/)
  })
})

describe('audit --live --evidence', () => {
  it('writes one file that tells the same elsewhere, for its owner alone', async () => {
    const file = join(folder, 'web1.yaml')
    const live = await stella(['audit', '--live', '--evidence', file, '--json'], { engine: seen() })
    expect(statSync(file).mode % 0o1000).toBe(0o600)
    const elsewhere = await stella(['audit', file, '--json'])
    const mistakes = (text: string): unknown =>
      JSON.parse(text).findings.map(({ rule, message }: Record<string, unknown>) => [rule, message])
    expect(mistakes(elsewhere.out)).toEqual(mistakes(live.out))
    expect(mistakes(live.out)).toHaveLength(1)
    expect(elsewhere.code).toBe(1)
  })

  it('leaves a file that exists as it is', async () => {
    const file = join(folder, 'compose.yaml')
    writeFileSync(file, 'services: {}\n')
    const { code, err } = await stella(['audit', '--live', '--evidence', file], { engine: seen() })
    expect([code, err]).toEqual([2, `stella: ${file}: exists already; name a new file\n`])
    expect(readFileSync(file, 'utf8')).toBe('services: {}\n')
  })

  it('says where it cannot write', async () => {
    const file = join(folder, 'missing', 'web1.yaml')
    const { code, err } = await stella(['audit', '--live', '--evidence', file], { engine: seen() })
    expect(code).toBe(3)
    expect(err).toContain('cannot be written (ENOENT)')
  })

  it('has nothing to save without --live', async () => {
    const { code, err } = await stella(['audit', '.', '--evidence', join(folder, 'a.yaml')])
    expect(code).toBe(2)
    expect(err).toContain(
      '--evidence: saves what a machine or a cluster shows; give it together with --live or --cluster',
    )
  })
})
