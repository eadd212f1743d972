import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../../model/bytes.ts'
import { audit, UNKNOWN_HOST } from '../../engine.ts'
import type { HostSettings } from '../../rule.ts'

/** What is found in a machine's document with these fields, as `RULE severity message`. */
function found(
  fields: object,
  more: readonly object[] = [],
  host: Partial<HostSettings> = {},
): string[] {
  const documents = [{ schema: 'stella.machine/1', kernel: '6.1.0', cgroup: 2, ...fields }, ...more]
  const inputs = documents.map((document, at) => ({
    file: { path: `document-${at}.json`, text: JSON.stringify(document, null, 2) },
    variables: new Map(),
    isNamed: true,
  }))
  const { findings, problems } = audit(inputs, { ...UNKNOWN_HOST, ...host })
  expect(problems).toEqual([])
  return findings.map(({ rule, severity, message }) => `${rule.id} ${severity} ${message}`)
}

function container(name: string, ...limits: readonly (number | null)[]): object {
  const depth = limits.length
  const groups = limits.map((limitBytes, at) => ({
    path:
      at === 0
        ? `/${'group/'.repeat(depth - 1)}${name}`
        : `/${'group/'.repeat(depth - at).slice(0, -1)}`,
    limitBytes,
  }))
  return { name, groups }
}

describe('what all containers of a machine may take', () => {
  const memory = { totalBytes: 8 * GIB }

  it('is unbounded with a single one that has no limit, and its name is told', () => {
    const containers = [container('docker:web', 256 * MIB), container('docker:batch', null)]
    expect(found({ memory, containers })).toEqual([
      'C22 high unbounded: 1 of 2 running containers have no limit (docker:batch)',
    ])
  })

  it('is the sum of their limits', () => {
    const containers = ['a', 'b', 'c'].map((name) => container(`docker:${name}`, 4 * GIB))
    expect(found({ memory, containers })).toEqual([
      "C22 high limits of 12 GiB are 150 % of the machine's 8 GiB",
    ])
    expect(found({ memory, containers: containers.slice(1, 2) })).toEqual([])
  })

  it('is never more than the limit of the group that they share', () => {
    const shared = ['a', 'b', 'c'].map((name) => container(`docker:${name}`, null, 6 * GIB))
    expect(found({ memory, containers: shared })).toEqual([])
    const loose = ['a', 'b', 'c'].map((name) => container(`docker:${name}`, null, null))
    expect(found({ memory, containers: loose })).toEqual([expect.stringContaining('3 of 3')])
  })

  it('does not count a group of cgroup v1 that is not charged for what stands below it', () => {
    const groups = [
      { path: '/apart/web', limitBytes: null },
      { path: '/apart', limitBytes: GIB, hierarchical: false },
    ]
    expect(found({ cgroup: 1, memory, containers: [{ name: 'docker:web', groups }] })).toEqual([
      expect.stringContaining('C22 high unbounded'),
    ])
  })

  it('leaves pods to those who schedule and evict them', () => {
    const path = '/kubepods/burstable/pod0a1b2c3d-0000-4000-8000-000000000000'
    const groups = [{ path: `${path}/${'ab'.repeat(32)}`, limitBytes: null }]
    expect(found({ memory, containers: [{ name: 'containerd:ab', groups }] })).toEqual([])
  })

  it('is told where it is all of the machine, and not where it is half of it', () => {
    const limits = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(limits, (sizes) => {
        const containers = sizes.map((size, at) => container(`docker:${at}`, size * GIB))
        const sum = sizes.reduce((total, size) => total + size, 0)
        const exact = found({ memory: { totalBytes: sum * GIB }, containers })
        expect(exact).toEqual([expect.stringMatching(/^C22 .* are 100 %/)])
        expect(found({ memory: { totalBytes: 2 * sum * GIB }, containers })).toEqual([])
      }),
    )
  })
})

describe('a group above a container', () => {
  it('that only slows it down is told, too', () => {
    const groups = [
      { path: '/shop/web', limitBytes: 512 * MIB },
      { path: '/shop', limitBytes: null, highBytes: 100 * MIB },
    ]
    expect(found({ containers: [{ name: 'podman:web', groups }] })).toEqual([
      'O02 high podman:web may take 512 MiB, and /shop above it is slowed down at 100 MiB',
    ])
  })

  it('bounds a container without a limit on purpose, unless its Node.js cannot know', () => {
    const containers = [container('docker:web', null, 256 * MIB)]
    const node = (bounded: boolean): object => ({
      containers,
      programs: [{ name: 'node', version: '24.1.0', container: 'docker:web', bounded }],
    })
    expect(found({ containers })).toEqual([])
    expect(found(node(true))).toEqual([])
    expect(found(node(false))).toEqual([
      'O02 high docker:web has no limit of its own, and /group above it has 256 MiB; its Node.js sizes its heap by the machine',
    ])
  })

  it('takes the container out of those that may take everything', () => {
    const inspected = { Name: '/web', State: {}, HostConfig: { Memory: 0 } }
    expect(found({}, [inspected])).toEqual(['C01 high web may take all memory of its machine'])
    const containers = [container('docker:web', null, 256 * MIB)]
    expect(found({ containers }, [inspected])).toEqual([])
  })
})

describe('a runtime that does not see its limit', () => {
  const running = (name: string, version: string, cgroup: number, bounded?: boolean): string[] =>
    found({
      cgroup,
      containers: [container('docker:web', 512 * MIB)],
      programs: [{ name, version, container: 'docker:web', bounded }],
    })

  it.each([
    ['java', '1.8.0_362', 2],
    ['java', '1.8.0_181', 1],
    ['java', '11.0.15', 2],
    ['java', '13.0.2', 2],
    ['java', '9.0.4', 1],
    ['node', '20.2.0', 2],
  ])('%s %s on cgroup v%d is told', (name, version, cgroup) => {
    expect(running(name, version, cgroup, false)).toEqual([
      expect.stringMatching(new RegExp(`^O04 critical .*${version} in docker:web .*512 MiB`)),
    ])
    expect(running(name, version, cgroup, true)).toEqual([])
    expect(running(name, version, cgroup), 'not known whether its heap is bounded').toEqual([])
  })

  it.each([
    ['java', '1.8.0_372', 2],
    ['java', '1.8.0_191', 1],
    ['java', '11.0.16', 2],
    ['java', '11.0.16.1', 2],
    ['java', '15', 2],
    ['java', '17.0.15', 2],
    ['node', '20.3.0', 2],
    ['node', '24.4.1', 2],
    ['node', '18.19.0', 1],
    ['node', 'nightly', 2],
  ])('%s %s on cgroup v%d sees it', (name, version, cgroup) => {
    expect(running(name, version, cgroup, false)).toEqual([])
  })
})

describe('settings of the kernel', () => {
  it('that let one container take the machine down are critical', () => {
    const sysctls = { 'vm.panic_on_oom': 2, 'kernel.panic': 0 }
    expect(found({ sysctls })).toEqual([
      'O05 critical at the limit of any container, the machine panics, and stays down (kernel.panic is 0)',
    ])
  })

  it('keep a container of cgroup v2 from swap, where there is some', () => {
    const sysctls = { 'vm.swappiness': 0 }
    expect(found({ memory: { swapBytes: GIB }, sysctls })).toEqual([
      'O03 warning vm.swappiness is 0: at its limit no container gets any of 1 GiB of swap',
    ])
    expect(found({ memory: { swapBytes: 0 }, sysctls })).toEqual([])
    expect(found({ cgroup: 1, memory: { swapBytes: GIB }, sysctls })).toEqual([])
  })

  it('do not make swap unlimited where there is none', () => {
    expect(found({ memory: { swapBytes: 0 }, swapAccounting: false })).toEqual([])
  })

  it('refuse memory that is free only where the kernel counts it', () => {
    const memory = { committedBytes: 10 * GIB, commitLimitBytes: GIB }
    expect(found({ memory, sysctls: { 'vm.overcommit_memory': 0 } })).toEqual([])
  })
})

describe('Redis on the machine', () => {
  const sysctls = { 'vm.overcommit_memory': 0 }
  const programs = [{ name: 'redis' }]

  it('cannot always fork on an old kernel, and hardly ever fails to on a new one', () => {
    expect(found({ kernel: '4.18.0-553.el8', programs, sysctls })).toEqual([
      expect.stringMatching(/^B04 warning when memory is short/),
    ])
    expect(found({ programs, sysctls })).toEqual([expect.stringMatching(/^B04 info /)])
    expect(found({ sysctls })).toEqual([])
  })

  it('that has forbidden huge pages for itself is not told about them', () => {
    const quiet = [{ name: 'redis', hugePages: false }]
    expect(found({ programs: quiet, transparentHugePages: 'always' })).toEqual([])
  })
})

describe('the limit that holds', () => {
  const given = (askedBytes: number | null, limitBytes: number | null): object => ({
    containers: [{ name: 'docker:web', askedBytes, groups: [{ path: '/docker/a', limitBytes }] }],
  })

  it('may be rounded to a page', () => {
    expect(found(given(100_000_000, 99_999_744))).toEqual([])
  })

  it('is told where it was taken away', () => {
    expect(found(given(GIB, null))).toContain(
      'O10 warning docker:web was given 1 GiB, and its group has no limit',
    )
  })

  it('is no matter of its own where the engine cannot limit anything', () => {
    const engines = [{ name: 'docker', memoryLimit: false }]
    expect(found({ ...given(GIB, null), engines }).filter((line) => line.startsWith('O'))).toEqual([
      'O08 critical docker starts every container without its limit',
    ])
  })
})

describe('the machine that was looked at', () => {
  const compose = {
    services: {
      a: { image: 'registry.example.com/a:1', mem_limit: '6g', mem_swappiness: 10 },
      b: { image: 'registry.example.com/b:1', mem_limit: '6g' },
    },
  }
  const machine = { memory: { totalBytes: 8 * GIB } }

  it('is the one that files are judged for', () => {
    expect(found({}, [compose])).toEqual([expect.stringMatching(/^C09 /)])
    expect(found({ ...machine, cgroup: 1 }, [compose])).toEqual([expect.stringMatching(/^C22 /)])
    expect(found(machine, [compose]).map((line) => line.slice(0, 3))).toEqual(['C22', 'C09'])
  })

  it('gives way to what the call says', () => {
    expect(found(machine, [compose], { cgroup: 1, memoryBytes: 64 * GIB })).toEqual([])
  })

  it('is not guessed where there are two', () => {
    const other = { schema: 'stella.machine/1', cgroup: 1, memory: { totalBytes: 4 * GIB } }
    expect(found(machine, [other, compose])).toEqual([])
  })
})

it('reads any document that says it is a machine, and never fails', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (containers, programs, sysctls) => {
      const fields = { containers, programs, sysctls, engines: programs, memory: sysctls }
      const text = JSON.stringify({ schema: 'stella.machine/1', ...fields })
      const file = { path: 'host.json', text }
      const { files } = audit([{ file, variables: new Map(), isNamed: true }])
      expect(files).toEqual([file])
    }),
  )
})
