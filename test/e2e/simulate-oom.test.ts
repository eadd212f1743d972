import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { caseDocument, casesDocument } from '../../src/investigate/case-document.ts'
import { GIB, MIB } from '../../src/model/bytes.ts'
import { unreachableError } from '../../src/model/errors.ts'
import type { World } from '../../src/model/evidence.ts'
import type { Fact } from '../../src/model/facts.ts'
import { evidenceOfReport } from '../../src/simulate/oom/from-report.ts'
import { simulateOom } from '../../src/simulate/oom/simulate.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { stella } from '../support/command-line.ts'
import { cgroupState, containerState, ID, PATH, processState, seen } from '../support/incident.ts'
import { sampleCase, SAMPLE_PROCESS } from '../support/sample-case.ts'
import { factsOf } from '../support/world.ts'

const ROOT = join(import.meta.dirname, '../..')
const GROUP_KILL = join(ROOT, 'fixtures/guest/6.1/oom-group')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stella-simulate-oom-'))
})
afterAll(() => rm(folder, { recursive: true }))

function world(...facts: Fact[]): World {
  return { observations: facts.map((fact) => seen(fact)), unknown: [] }
}

const MEMINFO: Fact = {
  kind: 'host-memory',
  totalBytes: 4 * GIB,
  freeBytes: GIB,
  availableBytes: 2 * GIB,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
  dirtyBytes: 0,
  writebackBytes: 0,
  fields: new Map(),
}

function process(pid: number, name: string, mib: number, change = {}): Fact {
  return processState({
    pid,
    name,
    rssBytes: mib * MIB,
    swapBytes: 0,
    pageTableBytes: 0,
    oomScoreAdj: 0,
    uid: 1000,
    ...change,
  })
}

const LIVING = world(
  containerState({ id: ID, running: true }),
  cgroupState({ usageBytes: 80 * MIB, swapLimitBytes: 0 }),
  process(7, 'nginx', 10),
  process(8, 'worker', 55),
  MEMINFO,
)

async function json(args: readonly string[], setting: Parameters<typeof stella>[1] = {}) {
  const answer = await stella(['simulate', 'oom', ...args, '--json'], setting)
  expect(answer.err).toBe('')
  expect(answer.code).toBe(0)
  return JSON.parse(answer.out)
}

const live = { engine: { collect: async () => ({ world: LIVING, target: WEB }) } }
const WEB = { kind: 'container', engine: 'docker', name: 'web' } as const

describe('every recorded kill', () => {
  const logs = globSync('fixtures/{guest,edge-cases,kernel-log}/**/*.{log,txt,json}', { cwd: ROOT })

  test('was foretold by the table that the kernel printed before it', async () => {
    const wrong: string[] = []
    let kills = 0
    for (const path of logs) {
      for (const report of factsOf(await readFiles([join(ROOT, path)]), 'kernel-oom')) {
        const evidence = evidenceOfReport(report, null)
        if (evidence === null || report.kills.length === 0) continue
        kills++
        const victim = simulateOom(evidence.setting)?.victims[0]
        if (!report.kills.some(({ pid }) => pid === victim?.pid)) wrong.push(path)
      }
    }
    expect(wrong).toEqual([])
    expect(kills).toBeGreaterThan(100)
  })
})

describe('a kernel log', () => {
  test('tells who would die and all that decides it', async () => {
    const answer = await json(['--from', GROUP_KILL], { engine: { readFiles } })
    expect(answer).toMatchObject({
      schema: 'stella.simulate-oom/1',
      outcome: 'group',
      victim: { pid: 841, name: 'worker', badness: 1033 },
      scope: 'memory-group',
      path: '/oom-group',
      cgroupVersion: 2,
      limitBytes: 32 * MIB,
      totalBytes: 32 * MIB,
      changes: null,
      unknown: [],
    })
    expect(answer.victims).toHaveLength(4)
    expect(answer.ranking.map(({ pid }: { pid: number }) => pid)).toEqual([841, 838, 840, 839])
    expect(answer.because.join(' ')).toContain('That is whom the kernel did kill.')
  })

  test('comes from standard input, too', async () => {
    const stdin = await readFile(join(GROUP_KILL, 'kernel.log'), 'utf8')
    const args = ['--from', '-', 'cgroup:/oom-group']
    const answer = await json(args, { engine: { readFiles }, stdin })
    expect(answer.victim).toEqual({ pid: 841, name: 'worker', badness: 1033 })
  })

  test('without a table decides nothing, and one of another group neither', async () => {
    const none = await stella(['simulate', 'oom', '-', '--json'], {
      engine: { readFiles },
      stdin: 'nothing of a kernel\n',
    })
    expect(none).toMatchObject({ code: 4, out: '' })
    expect(none.err).toMatch(/^stella: -: holds no table of processes; give the kernel log /)
    const other = await stella(['simulate', 'oom', 'cgroup:/other', '--from', GROUP_KILL], {
      engine: { readFiles },
    })
    expect(other.code).toBe(4)
  })

  test('without memory.oom.group one would die alone', async () => {
    const answer = await json(['--from', GROUP_KILL, '--no-oom-group'], { engine: { readFiles } })
    expect(answer).toMatchObject({
      outcome: 'one',
      victims: [{ pid: 841 }],
      changes: { oomGroup: false, before: { outcome: 'group' } },
    })
    expect(answer.because.join(' ')).toMatch(
      /As if memory.oom.group 0: without it worker .* would be killed/,
    )
  })
})

describe('a stored case', () => {
  const small = { ...SAMPLE_PROCESS, pid: 7, name: 'sh', rssBytes: 4 * MIB, badness: 125 }
  const stored = caseDocument(sampleCase({ processes: [SAMPLE_PROCESS, small] }))

  test('is a file, a folder, a list or standard input', async () => {
    const file = join(folder, 'case.json')
    await writeFile(file, JSON.stringify(stored, null, 2))
    const expected = { victim: { pid: 4321, name: 'python3', badness: 937 } }
    expect(await json(['--from', file])).toMatchObject(expected)
    expect(await json(['--from', folder])).toMatchObject(expected)
    expect(await json(['-'], { stdin: JSON.stringify(stored) })).toMatchObject(expected)
    const list = JSON.stringify(
      casesDocument([sampleCase({ processes: [] }), sampleCase(), sampleCase()], []),
    )
    const ofList = await json(['-'], { stdin: list })
    expect(ofList).toMatchObject(expected)
    expect(ofList.because[0]).toBe('This is the last of 2 cases with a table of processes.')
  })

  test('that is damaged is told with the field', async () => {
    const damaged = JSON.stringify({ ...stored, processes: [{ ...small, pid: 'seven' }] })
    const answer = await stella(['simulate', 'oom', '-'], { stdin: damaged })
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toMatch(
      /^stella: standard input: no stella case \(field processes\.0\.pid: /,
    )
  })

  test('that is cut is told', async () => {
    const answer = await stella(['simulate', 'oom', '-'], {
      stdin: JSON.stringify(stored).slice(0, -9),
    })
    expect(answer.code).toBe(2)
    expect(answer.err).toMatch(/^stella: standard input: is not JSON /)
  })

  test('without processes decides nothing', async () => {
    const empty = JSON.stringify(caseDocument(sampleCase({ processes: [] })))
    expect((await stella(['simulate', 'oom', '-'], { stdin: empty })).code).toBe(4)
  })
})

describe('a living container', () => {
  test('is answered with the victim first, the ranking, and why', async () => {
    const { out, code } = await stella(['simulate', 'oom', 'docker:web'], live)
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe('worker (PID 8) would be killed, with badness 550.')
    expect(out).toMatch(/^1 +8 +worker +550 +55 MiB +0 B +0 B +0$/m)
    expect(out).toMatch(/^2 +7 +nginx +100 +10 MiB +0 B +0 B +0 +45 MiB$/m)
    expect(out).toContain('Next is nginx (PID 7), 45 MiB behind.')
    expect(out).toMatch(/20 MiB \(20971520 bytes\) can still be taken: too little/)
  })

  test('in as few words as possible', async () => {
    const { out } = await stella(['simulate', 'oom', 'docker:web', '--quiet'], live)
    expect(out).toBe('worker (PID 8) would be killed, with badness 550.\n')
  })

  test('with an adjustment tried out', async () => {
    const answer = await json(['docker:web', '--set-adj', 'worker=-500', '--set-adj', '7=10'], live)
    expect(answer).toMatchObject({
      victim: { pid: 7, name: 'nginx', badness: 109 },
      changes: {
        adjustments: [
          { pid: 7, name: 'nginx', from: 0, to: 10 },
          { pid: 8, name: 'worker', from: 0, to: -500 },
        ],
        before: { outcome: 'one', victim: { pid: 8, badness: 550 } },
      },
    })
  })

  test('without a limit is ended by the machine alone', async () => {
    const unlimited = world(
      cgroupState({ limitBytes: null, unlimited: true }),
      process(8, 'worker', 55),
    )
    const machine = world(process(1, 'init', 900), process(8, 'worker', 55), process(9, 'db', 300))
    const answer = await json([`cgroup:${PATH}`], {
      engine: {
        collect: async (target) => ({
          world: target.kind === 'host' ? world(MEMINFO) : unlimited,
          target,
        }),
        processes: async () => machine,
      },
    })
    expect(answer).toMatchObject({ scope: 'host', victim: { pid: 9, name: 'db' } })
    expect(answer.because[0]).toMatch(/has no limit, and no group above it/)
  })

  test('below a limit of a group above is killed among all that live there', async () => {
    const own = world(cgroupState({ limitBytes: null }), cgroupState({ path: '/docker' }))
    const above = world(
      cgroupState({ path: '/docker', swapLimitBytes: 0 }),
      process(8, 'worker', 20),
      process(9, 'neighbour', 70, { cgroupPaths: ['/docker/other'] }),
    )
    const answer = await json([`cgroup:${PATH}`], {
      engine: {
        collect: async (target) => {
          const isOwn = target.kind === 'cgroup' && target.path === PATH
          return { world: isOwn ? own : above, target }
        },
      },
    })
    expect(answer).toMatchObject({ path: '/docker', victim: { pid: 9, name: 'neighbour' } })
    expect(answer.because[0]).toBe(
      `${PATH} has no limit of its own; the nearest one is at /docker.`,
    )
  })

  test('whose processes have hostile names cannot write to the terminal', async () => {
    const evil = world(cgroupState({ swapLimitBytes: 0 }), process(8, '\u001b[2Jx\ny', 55), MEMINFO)
    const { out } = await stella(['simulate', 'oom', `cgroup:${PATH}`], {
      engine: { collect: async (target) => ({ world: evil, target }) },
    })
    expect(out).toContain('\\x1b[2Jx\\x0ay (PID 8) would be killed')
    expect(out).not.toContain('\u001b')
  })
})

describe('the machine', () => {
  test('spares its init, and takes what a group loses with it', async () => {
    const processes = world(
      process(1, 'init', 900),
      process(8, 'worker', 300, { cgroupPaths: ['/job/a'] }),
      process(9, 'helper', 5, { cgroupPaths: ['/job/b'] }),
    )
    const flags = world(cgroupState({ path: '/job', limitBytes: null, oomGroup: true }))
    const answer = await json(['host'], {
      engine: {
        collect: async (target) => ({
          world: target.kind === 'host' ? world(MEMINFO) : flags,
          target,
        }),
        processes: async () => processes,
      },
    })
    expect(answer).toMatchObject({
      scope: 'host',
      outcome: 'group',
      victims: [{ pid: 8 }, { pid: 9 }],
      totalBytes: 4 * GIB,
    })
    expect(answer.ranking.at(-1)).toMatchObject({ pid: 1, spared: 'init' })
  })
})

describe('what goes wrong is one line', () => {
  test.each([
    [['simulate', 'oom'], 2, /^stella: nothing to look at/],
    [
      ['simulate', 'oom', 'docker:web', '--set-adj', 'web'],
      2,
      /^stella: --set-adj: 'web' is not an adjustment; write it as PID=N/,
    ],
    [
      ['simulate', 'oom', 'docker:web', '--set-adj', 'web=1001'],
      2,
      /^stella: --set-adj: 'web=1001' is not/,
    ],
    [['simulate', 'oom', 'docker:web', '--set-adj', '=5'], 2, /^stella: --set-adj: '=5' is not/],
    [
      ['simulate', 'oom', 'docker:web', '--set-adj', 'ngin=5'],
      2,
      /^stella: --set-adj: no process 'ngin'/,
    ],
    [
      ['simulate', 'oom', 'docker:web', '--from', 'package.json'],
      4,
      /^stella: package\.json: holds no table of processes; /,
    ],
  ])('%j', async (args, code, line) => {
    const answer = await stella(args, live)
    expect(answer).toEqual({ code, out: '', err: expect.stringMatching(line) })
    expect(answer.err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('a target that does not run has nothing to rank', async () => {
    const collect = async () => ({ world: world(containerState({ id: ID })), target: WEB })
    const answer = await stella(['simulate', 'oom', 'docker:web'], { engine: { collect } })
    expect(answer).toMatchObject({ code: 4, out: '' })
    expect(answer.err).toMatch(
      /^stella: there is nothing to rank: .* not running; name a target that runs/,
    )
  })

  test('a log does not know the names of containers', async () => {
    const args = ['simulate', 'oom', 'docker:web', '--from', GROUP_KILL]
    const answer = await stella(args, { engine: { readFiles } })
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toMatch(/; next to --from, name cgroup:\/PATH, pid:N or host, or nothing/)
  })

  test('a target out of reach keeps its exit code', async () => {
    const collect = () => Promise.reject(unreachableError('no such container', 'docker:x', 'look'))
    const answer = await stella(['simulate', 'oom', 'docker:x'], { engine: { collect } })
    expect(answer).toEqual({ code: 3, out: '', err: 'stella: docker:x: no such container; look\n' })
  })

  test('--oom-group has no meaning for the machine, and none on cgroup v1', async () => {
    const processes = async () => world(process(8, 'worker', 300))
    const host = await stella(['simulate', 'oom', 'host', '--oom-group'], { engine: { processes } })
    expect(host).toMatchObject({ code: 2, err: expect.stringMatching(/^stella: --oom-group: /) })
    const v1 = world(cgroupState({ version: 1 }), process(8, 'worker', 55), MEMINFO)
    const answer = await json([`cgroup:${PATH}`, '--oom-group'], {
      engine: { collect: async (target) => ({ world: v1, target }) },
    })
    expect(answer.outcome).toBe('one')
    expect(answer.because.join(' ')).toContain('cgroup v1 has no memory.oom.group')
  })

  test('evidence that does not decide is 4', async () => {
    const open = world(
      cgroupState({ swapLimitBytes: null }),
      process(7, 'large', 90),
      process(8, 'small', 9, { oomScoreAdj: 100 }),
    )
    const answer = await stella(['simulate', 'oom', `cgroup:${PATH}`], {
      engine: { collect: async (target) => ({ world: open, target }) },
    })
    expect(answer).toMatchObject({ code: 4, out: '' })
    expect(answer.err).toMatch(
      /^stella: the evidence does not decide: how much swap the machine has is not known/,
    )
  })
})
