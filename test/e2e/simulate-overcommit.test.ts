import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { GIB, MIB } from '../../src/model/bytes.ts'
import type { Fact } from '../../src/model/facts.ts'
import { promisedIn } from '../../src/simulate/overcommit/promised.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { stella } from '../support/command-line.ts'
import { containerState, podContainer, podState, seen } from '../support/incident.ts'

const ROOT = join(import.meta.dirname, '../..')

const HOST: Fact = {
  kind: 'host-memory',
  totalBytes: 4 * GIB,
  freeBytes: null,
  availableBytes: null,
  swapTotalBytes: null,
  swapFreeBytes: null,
  dirtyBytes: null,
  writebackBytes: null,
  fields: new Map(),
}

function worldOf(...facts: Fact[]) {
  return { observations: facts.map((fact) => seen(fact)), unknown: [] }
}

async function json(...args: string[]) {
  const answer = await stella(['simulate', 'overcommit', ...args, '--json'], {
    engine: { readFiles },
  })
  expect(answer).toMatchObject({ code: 0, err: '' })
  return JSON.parse(answer.out)
}

describe('limits on the command line', () => {
  test('with one that has none have no bound', async () => {
    expect(await json('--host', '8Gi', '--limits', '512Mi,1Gi,2Gi,none')).toMatchObject({
      schema: 'stella.simulate-overcommit/1',
      limitBytes: 3.5 * GIB,
      ratio: null,
      unbounded: true,
      withoutLimit: 1,
      containers: 4,
      requestBytes: null,
    })
  })

  test('six of 2 GiB on 8 GiB are 150 %', async () => {
    const args = ['--host', '8Gi', '--limits', '2Gi,2Gi,2Gi,2Gi,2Gi,2Gi']
    expect(await json(...args)).toMatchObject({
      ratio: 1.5,
      unbounded: false,
      missingBytes: 4 * GIB,
    })
    const { out } = await stella(['simulate', 'overcommit', ...args])
    expect(out.split('\n')[0]).toBe(
      'Limits add up to 12 GiB, 150 % of 8 GiB: 4 GiB are promised that the machine does not have.',
    )
  })

  test('fit or do not, depending on what the system itself needs', async () => {
    const args = ['--host', '4Gi', '--limits', '3Gi,512Mi']
    expect(await json(...args)).toMatchObject({ missingBytes: 0, ratio: 0.875 })
    expect(await json(...args, '--reserve', '1Gi')).toMatchObject({
      availableBytes: 3 * GIB,
      missingBytes: 512 * MIB,
    })
  })

  test('requests are added up apart', async () => {
    const args = ['--host', '1Gi', '--requests', '1Gi,1Gi,none']
    expect(await json(...args)).toMatchObject({
      requestBytes: 2 * GIB,
      requestRatio: 2,
      limitBytes: 0,
    })
    const { out } = await stella(['simulate', 'overcommit', ...args])
    expect(out).toMatch(/^Requests add up to 2 GiB \(2147483648 bytes\), 200 % of 1 GiB\./)
    expect(out).toContain('Kubernetes would not place all of them')
  })

  test('without a machine mean this one', async () => {
    const engine = {
      collect: async () => ({ world: worldOf(HOST), target: { kind: 'host' } as const }),
    }
    const { out } = await stella(['simulate', 'overcommit', '--limits', '1Gi', '--json'], {
      engine,
    })
    expect(JSON.parse(out)).toMatchObject({
      hostBytes: 4 * GIB,
      hostFrom: 'this machine',
      ratio: 0.25,
    })
  })
})

describe('recorded containers', () => {
  test('of docker inspect: those that run, with what they may use', async () => {
    const from = join(ROOT, 'fixtures/docker/inspect-mixed.json')
    expect(await json('--from', from, '--host', '1Gi')).toMatchObject({
      limitBytes: 80 * MIB,
      containers: 2,
      ended: 3,
    })
  })

  test('without a limit are counted as such, not as nothing', () => {
    const running = (id: string, memoryLimitBytes: number | null) =>
      containerState({ id, memoryLimitBytes, status: 'running', running: true })
    const exited = containerState({
      id: 'c',
      memoryLimitBytes: GIB,
      status: 'exited',
      running: false,
    })
    const world = worldOf(
      running('a', 64 * MIB),
      running('b', null),
      exited,
      running('a', 64 * MIB),
      HOST,
    )
    expect(promisedIn(world)).toEqual({
      limits: [64 * MIB, null],
      requests: [null, null],
      ended: 1,
      hostBytes: 4 * GIB,
    })
  })

  test('of pods: what runs together, or the limit of the pod itself', () => {
    const part = (
      role: 'init' | 'main' | 'sidecar',
      mib: number | null,
      request: number | null = null,
    ) =>
      podContainer({
        name: `${role}${mib}`,
        role,
        memoryLimitBytes: mib === null ? null : mib * MIB,
        memoryRequestBytes: request,
      })
    const world = worldOf(
      podState({
        name: 'a',
        containers: [part('init', 900), part('main', 100, 7), part('sidecar', 20)],
      }),
      podState({ name: 'b', containers: [part('main', 100), part('main', null)] }),
      podState({ name: 'c', podMemoryLimitBytes: GIB, containers: [part('main', null)] }),
      podState({ name: 'd', phase: 'Succeeded' }),
    )
    const promised = promisedIn(world)
    expect(promised.limits).toEqual([120 * MIB, null, GIB])
    expect(promised.requests).toEqual([7, null, null, null, null])
    expect(promised.ended).toBe(1)
  })

  test('on a node are compared with what it can allocate', async () => {
    const files = ['pods.yaml', 'node.yaml'].map((name) => join(ROOT, 'fixtures/kubernetes', name))
    const answer = await json(...files.flatMap((path) => ['--from', path]))
    expect(answer.hostFrom).toBe('evidence')
    expect(answer.containers + answer.ended).toBeGreaterThan(0)
  })
})

describe('what goes wrong is one line', () => {
  test.each([
    [[], 2, /^stella: nothing to add up: no container is named; give --limits /],
    [
      ['--limits', '0', '--host', '1Gi'],
      2,
      /^stella: --limits: 0 bytes could mean nothing or no limit; write 'none'/,
    ],
    [
      ['--limits', '1Gi,8g', '--host', '1Gi'],
      2,
      /^stella: --limits: '8g' could mean two sizes; write 8Gi/,
    ],
    [['--limits', '1Gi,', '--host', '1Gi'], 2, /^stella: --limits: '' is not a size; /],
    [['--limits', '1Gi', '--host', '0'], 2, /^stella: --host: a machine of 0 bytes is none; /],
    [
      ['--limits', '1Gi', '--host', '1Gi', '--reserve', '2Gi'],
      2,
      /^stella: --reserve: is more than the machine has; /,
    ],
    [
      ['--limits', '1Gi', '--from', 'x'],
      2,
      /^stella: --from and --limits or --requests exclude each other; /,
    ],
    [
      ['--limits', '1Gi'],
      2,
      /^stella: the memory of this machine cannot be read; give it with --host/,
    ],
    [['--from', 'package.json'], 4, /^stella: package\.json: holds no containers; /],
    [['--from', '/does/not/exist'], 3, /^stella: \/does\/not\/exist: there is no such file/],
  ])('%j', async (args, code, line) => {
    const answer = await stella(['simulate', 'overcommit', ...args], { engine: { readFiles } })
    expect(answer).toEqual({ code, out: '', err: expect.stringMatching(line) })
    expect(answer.err.trimEnd().split('\n')).toHaveLength(1)
  })
})
