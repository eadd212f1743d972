import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectShown } from '../../../test/support/expect-shown.ts'
import { containerState, PATH, processState } from '../../../test/support/incident.ts'
import { RECORDED_ON, recordedMemory } from '../../../test/support/recorded-memory.ts'
import { GIB, MIB } from '../../model/bytes.ts'
import type { ToolFigure } from '../../model/bill.ts'
import type { HostMemory } from '../../model/facts.ts'
import type { GroupFigures } from '../figures.ts'
import { TOOLS } from './index.ts'
import type { ToolInputs } from './tool.ts'

function groupFigures(change: Partial<GroupFigures> = {}): GroupFigures {
  return {
    path: PATH,
    version: 2,
    chargeBytes: 100 * MIB,
    chargeSource: 'memory.current',
    limitBytes: 128 * MIB,
    peakBytes: 120 * MIB,
    stat: new Map([
      ['anon', 20 * MIB],
      ['file', 70 * MIB],
      ['shmem', 10 * MIB],
      ['file_mapped', 15 * MIB],
      ['inactive_file', 40 * MIB],
      ['active_file', 20 * MIB],
      ['active_anon', 5 * MIB],
      ['inactive_anon', 25 * MIB],
      ['kernel', 4 * MIB],
    ]),
    kmemBytes: null,
    tcpBytes: null,
    swapBytes: 0,
    ...change,
  }
}

function inputs(change: Partial<ToolInputs> = {}): ToolInputs {
  return {
    scope: 'group',
    chargeBytes: 100 * MIB,
    group: groupFigures(),
    processes: [],
    container: null,
    host: null,
    inPod: false,
    ...change,
  }
}

function shown(tool: string, from: ToolInputs): ToolFigure | null {
  const found = TOOLS.find(({ name }) => name === tool)
  if (found === undefined) throw new Error(`no tool ${tool}`)
  return found.figure(from)
}

describe.each(RECORDED_ON)('tools that looked at a real container, %s', (where) => {
  it('docker: showed what is said that they show', () => {
    expectShown(recordedMemory(where).tools.docker)
  })

  it('podman: showed what is said that they show', () => {
    expectShown(recordedMemory(where).tools.podman)
  })
})

describe('docker stats', () => {
  const docker = containerState({ engine: 'docker' })

  it('leaves out inactive page cache, and that alone', () => {
    const figure = shown('docker stats', inputs({ container: docker }))
    expect(figure).toMatchObject({
      bytes: 60 * MIB,
      formula: 'memory.current - memory.stat inactive_file',
    })
    expect(figure?.says).toContain('40 MiB')
    expect(figure?.says).toContain('20 MiB')
  })

  it('does so on cgroup v1, measured: 68.54 MiB where one process has 52 KiB', () => {
    const group = groupFigures({
      version: 1,
      chargeBytes: 133_472_256,
      stat: new Map([['inactive_file', 61_603_840]]),
    })
    expect(shown('docker stats', inputs({ container: docker, group }))?.bytes).toBe(71_868_416)
  })

  it('shows the whole charge where all of it is inactive page cache, and kubectl top nothing', () => {
    const group = groupFigures({ stat: new Map([['inactive_file', 101 * MIB]]) })
    expect(shown('docker stats', inputs({ container: docker, group }))?.bytes).toBe(100 * MIB)
    expect(shown('kubectl top', inputs({ container: docker, group }))?.bytes).toBe(0)
  })

  it('showed less before 20.10, when all page cache and tmpfs were left out', () => {
    const group = groupFigures({
      version: 1,
      stat: new Map([
        ['cache', 70 * MIB],
        ['inactive_file', 40 * MIB],
      ]),
    })
    const figure = shown('docker stats', inputs({ container: docker, group }))
    expect(figure?.says).toMatch(/30 MiB in versions before 20\.10/)
  })

  it('has nothing to do with containers of others, pods and services', () => {
    const podman = containerState({ engine: 'podman' })
    expect(shown('docker stats', inputs({ container: podman }))).toBeNull()
    expect(shown('docker stats', inputs({ container: docker, inPod: true }))).toBeNull()
    const group = groupFigures({ path: '/system.slice/nginx.service' })
    expect(shown('docker stats', inputs({ group }))).toBeNull()
    expect(shown('kubectl top', inputs({ group }))).toBeNull()
  })

  it('is told for a bare group whose name is that of a Docker container', () => {
    const group = groupFigures({ path: `/system.slice/docker-${'a1'.repeat(32)}.scope` })
    expect(shown('docker stats', inputs({ group }))?.bytes).toBe(60 * MIB)
  })
})

describe('podman stats', () => {
  const container = containerState({ engine: 'podman' })

  it.each([
    ['3.4.4', 100 * MIB, 100 * MIB],
    ['4.3.1', 100 * MIB, 20 * MIB],
    ['4.6.2', 100 * MIB, 20 * MIB],
    ['4.9.4-rhel', 30 * MIB, 20 * MIB],
    ['5.5.2', 30 * MIB, 20 * MIB],
    ['5.6.0', 60 * MIB, 60 * MIB],
    ['6.0.0', 60 * MIB, 60 * MIB],
  ])('%s shows another figure', (engineVersion, onV1, onV2) => {
    const v1 = inputs({ container, engineVersion, group: groupFigures({ version: 1 }) })
    const v2 = inputs({ container, engineVersion })
    expect(shown('podman stats', v1)?.bytes).toBe(onV1)
    expect(shown('podman stats', v2)?.bytes).toBe(onV2)
  })

  it.each([null, 'unknown', ''])('tells them all where the version is %s', (version) => {
    const figure = shown('podman stats', inputs({ container, engineVersion: version }))
    expect(figure?.bytes).toBe(60 * MIB)
    expect(figure?.tool).toBe('podman stats (5.6 and later)')
    expect(figure?.says).toContain('4.7 to 5.5 20 MiB')
    expect(figure?.says).toContain('before 4.0 100 MiB')
  })
})

describe('kubectl top', () => {
  it('is the working set of a container in a pod', () => {
    const figure = shown('kubectl top', inputs({ inPod: true }))
    expect(figure).toMatchObject({ tool: 'kubectl top (working set)', bytes: 60 * MIB })
  })

  it('says of a whole pod that it adds up containers', () => {
    const path = '/kubepods.slice/kubepods-pod0a1b2c3d_0000_4000_8000_000000000000.slice'
    const figure = shown('kubectl top', inputs({ inPod: true, group: groupFigures({ path }) }))
    expect(figure?.says).toContain('adds up the containers')
  })
})

describe('tools that look at processes', () => {
  const main = processState({
    pid: 700,
    nsPids: [700, 1],
    rssBytes: 50 * MIB,
    fileRssBytes: 6 * MIB,
    shmemRssBytes: 4 * MIB,
    pssBytes: 20 * MIB,
    ussBytes: 5 * MIB,
    totalVmBytes: GIB,
    threads: 1,
  })
  const child = { ...main, pid: 701, nsPids: [701, 7], parentPid: 700 }
  const zombie = processState({ pid: 702, nsPids: [702, 8], state: 'Z' })

  it('count shared pages once for each process, or divide them', () => {
    const from = inputs({ processes: [main, child, zombie] })
    expect(shown('ps RSS', from)?.bytes).toBe(100 * MIB)
    expect(shown('ps RSS', from)?.says).toContain('60 MiB are pages that several processes share')
    expect(shown('PSS', from)?.bytes).toBe(40 * MIB)
    expect(shown('USS', from)?.bytes).toBe(10 * MIB)
    expect(shown('ps VSZ', from)?.bytes).toBe(2 * GIB)
  })

  it('know what no process maps: 55 MiB of page cache and tmpfs, and the kernel', () => {
    const says = shown('ps RSS', inputs({ processes: [main] }))?.says
    expect(says).toContain('55 MiB of page cache and tmpfs that no process maps and 4 MiB of the')
  })

  it('look at the main process alone where one looks at PID 1', () => {
    const from = inputs({ processes: [child, main] })
    expect(shown('VmRSS', from)).toMatchObject({ tool: 'VmRSS of 700 (top RES)', bytes: 50 * MIB })
    expect(shown('top SHR', from)?.bytes).toBe(10 * MIB)
    const byEngine = inputs({ processes: [child, main], container: containerState({ pid: 701 }) })
    expect(shown('VmRSS', byEngine)?.tool).toContain('701')
  })

  it('have no sum where one of them could not be read', () => {
    const hidden = { ...child, pssBytes: null, ussBytes: null, rssBytes: null }
    const from = inputs({ processes: [main, hidden] })
    for (const tool of ['ps RSS', 'PSS', 'USS']) {
      expect(shown(tool, from)?.bytes).toBeNull()
      expect(shown(tool, from)?.says).toContain('1 of 2 processes')
    }
  })

  it('show nothing where no process lives and files hold the charge', () => {
    expect(shown('ps RSS', inputs())).toMatchObject({ bytes: 0 })
    expect(shown('PSS', inputs())).toBeNull()
  })

  it('say how far off the counter of RSS may be with many threads', () => {
    const busy = { ...main, threads: 1_000 }
    expect(shown('ps RSS', inputs({ processes: [busy] }))?.says).toContain('250 MiB')
  })
})

describe('tools that look at the machine', () => {
  const host: HostMemory = {
    kind: 'host-memory',
    totalBytes: 16 * GIB,
    freeBytes: GIB,
    availableBytes: 12 * GIB,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
    dirtyBytes: 0,
    writebackBytes: 0,
    fields: new Map([
      ['Buffers', GIB],
      ['Cached', 9 * GIB],
      ['SReclaimable', GIB],
    ]),
  }

  it('say so, also inside a container', () => {
    const figure = shown('free', inputs({ host }))
    expect(figure?.bytes).toBe(4 * GIB)
    expect(figure?.says).toContain('also when it is run inside a container')
    expect(shown('MemAvailable', inputs({ host }))?.says).toContain('28 MiB more before its limit')
  })

  it('show another figure in older versions, and in busybox', () => {
    expect(shown('free', inputs({ host }))?.says).toMatch(/SReclaimable: 4 GiB$/)
    const fields = new Map(host.fields).set('Cached', 5 * GIB)
    expect(shown('free', inputs({ host: { ...host, fields } }))?.says).toMatch(/8 GiB$/)
  })

  it('are all that is told of the machine itself', () => {
    const from = inputs({ scope: 'host', group: null, host })
    const told = TOOLS.filter((tool) => tool.figure(from) !== null).map(({ name }) => name)
    expect(told).toEqual(['free', 'MemAvailable'])
  })
})

describe('whatever the figures are', () => {
  const size = fc.integer({ min: 0, max: 2 ** 50 })
  const sizeOrNull = fc.option(size, { nil: null })
  const stat = fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom('anon', 'rss', 'file', 'cache', 'shmem', 'inactive_file', 'active_file'),
        size,
      ),
      { selector: ([key]) => key },
    )
    .map((pairs) => new Map(pairs))
  const process = fc
    .record({ rssBytes: sizeOrNull, pssBytes: sizeOrNull, ussBytes: sizeOrNull, pid: fc.nat() })
    .map(processState)
  const anything = fc.record({
    scope: fc.constantFrom('group' as const, 'process' as const),
    chargeBytes: size,
    group: fc.option(
      fc
        .record({
          version: fc.constantFrom(1 as const, 2 as const),
          chargeBytes: size,
          peakBytes: sizeOrNull,
          kmemBytes: sizeOrNull,
          stat,
        })
        .map(groupFigures),
      { nil: null },
    ),
    processes: fc.array(process, { maxLength: 4 }),
    container: fc.constantFrom(
      null,
      containerState({ engine: 'docker' }),
      containerState({ engine: 'podman' }),
    ),
    host: fc.constant(null),
    inPod: fc.boolean(),
    engineVersion: fc.option(fc.constantFrom('3.0.0', '4.3.1', '5.0.0', '7.0.0'), { nil: null }),
  })

  it('no tool shows less than nothing, and each says why it differs', () => {
    fc.assert(
      fc.property(anything, (from) => {
        for (const tool of TOOLS) {
          const figure = tool.figure(from)
          if (figure === null) continue
          expect(figure.bytes ?? 0).toBeGreaterThanOrEqual(0)
          expect(figure.says.length).toBeGreaterThan(10)
          expect(figure.says).not.toMatch(/NaN|undefined|null|\.$/)
        }
      }),
    )
  })

  it('what leaves page cache out never shows more than the charge', () => {
    fc.assert(
      fc.property(anything, (from) => {
        if (from.group === null) return
        const { chargeBytes } = from.group
        for (const tool of ['docker stats', 'kubectl top'])
          expect(shown(tool, from)?.bytes ?? 0).toBeLessThanOrEqual(chargeBytes)
      }),
    )
  })
})

it('no two tools have the same name', () => {
  const names = TOOLS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
