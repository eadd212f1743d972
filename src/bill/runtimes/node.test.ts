import { describe, expect, it } from 'vitest'
import { processState } from '../../../test/support/incident.ts'
import { recordedProgram } from '../../../test/support/programs.ts'
import type { RecordedProgram } from '../../../test/support/programs.ts'
import { itemBytes, viewIn } from '../../../test/support/servers.ts'
import { GIB, KIB, MIB } from '../../model/bytes.ts'
import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import { node } from './node.ts'
import { viewsOf } from './views.ts'

const VERSIONS = [18, 20, 22, 24, 26]
const SCENES = ['objects', 'buffers', 'small-buffers', 'wasm', 'workers', 'title']
const RECORDED = VERSIONS.flatMap((version) => SCENES.map((scene) => `node/${version}-${scene}`))

const HEAP = 'V8 heap'
const NATIVE = 'Buffers and native memory'

/** An idle process has so much beside what it was asked to hold. */
const IDLE_NATIVE = 6 * MIB

describe.each(VERSIONS)('Node %i', (version) => {
  const recorded = (scene: string): RecordedProgram => recordedProgram(`node/${version}-${scene}`)

  it('is known by its program', () => {
    expect(viewIn(recorded('title')).version).toMatch(new RegExp(`^Node ${version}\\.\\d+\\.\\d+$`))
  })

  it.each(SCENES)('is accounted for to the last byte: %s', (scene) => {
    const { items, residentBytes, unattributedBytes } = viewIn(recorded(scene))
    const sum = items.reduce((total, { bytes }) => total + (bytes ?? NaN), 0)
    expect(sum).toBe(residentBytes)
    expect(unattributedBytes).toBe(0)
  })

  it.each(['objects', 'buffers', 'small-buffers', 'wasm', 'title'])(
    'has the heap that V8 itself counts, within 2 MiB: %s',
    (scene) => {
      const { truth, ...rest } = recorded(scene)
      const difference = itemBytes(viewIn({ ...rest }), HEAP) - (truth['heap'] ?? NaN)
      expect(Math.abs(difference)).toBeLessThan(2 * MIB)
    },
  )

  it.each(['buffers', 'small-buffers'])('holds its %s beside the heap', (scene) => {
    const view = viewIn(recorded(scene))
    expect(itemBytes(view, NATIVE)).toBeGreaterThan(32 * MIB)
    expect(itemBytes(view, NATIVE)).toBeLessThan(32 * MIB + IDLE_NATIVE)
    expect(itemBytes(view, HEAP)).toBeLessThan(8 * MIB)
  })

  it('holds its WebAssembly memory apart from both', () => {
    const view = viewIn(recorded('wasm'))
    expect(itemBytes(view, 'WebAssembly') - 32 * MIB).toBeLessThan(64 * KIB)
    expect(itemBytes(view, 'WebAssembly')).toBeGreaterThanOrEqual(32 * MIB)
    expect(itemBytes(view, NATIVE)).toBeLessThan(IDLE_NATIVE)
  })

  it('may grow to the limit that V8 itself tells, each worker as much again', () => {
    const { truth, ...rest } = recorded('objects')
    expect(viewIn(rest).items[0]?.capBytes).toBe(truth['heapLimit'])
    const workers = viewIn(recorded('workers'))
    expect(workers.items[0]?.capBytes).toBe(3 * (truth['heapLimit'] ?? NaN))
    expect(workers.findings.join('\n')).toContain('2 worker threads have V8 heaps')
  })

  it('tells that a title hides its flags', () => {
    const view = viewIn(recorded('title'))
    expect(view.items[0]?.capBytes).toBeNull()
    expect(view.findings.join('\n')).toContain('process.title')
  })
})

/** A recording with another command line, environment or surrounding. */
function changed(
  name: string,
  {
    limitBytes = null,
    answers = {},
    ...process
  }: {
    limitBytes?: number | null
    answers?: Readonly<Record<string, string>>
  } & Partial<ProcessState>,
  others: readonly ProcessState[] = [],
): RuntimeView {
  const recorded = recordedProgram(name)
  const [pid] = Object.keys(recorded.processes)
  const main = processState({
    pid: Number(pid ?? NaN),
    executable: '/usr/local/bin/node',
    command: ['node', 'app.js'],
    cgroupPaths: [`/docker/abc`],
    ...process,
  })
  const given = recorded.answers.filter(({ id }) => !(id in answers) && !/^(?:own|top)/.test(id))
  const added = Object.entries(answers).map(([id, text]) => ({
    pid: main.pid,
    id,
    ok: true as const,
    text,
    truncated: false,
  }))
  const views = viewsOf([main, ...others], [...given, ...added], limitBytes)
  const view = views.find((one) => one.pid === main.pid)
  if (view === undefined) throw new Error('no view')
  return view
}

const own = (mib: number): Record<string, string> => ({ 'own0 max': `${mib * MIB}\n` })

describe('what stands out in a Node process', () => {
  it('is a heap that the limit has no room for', () => {
    const { findings } = changed('node/22-objects', {
      limitBytes: 256 * MIB,
      answers: own(256),
    })
    expect(findings[0]).toMatch(/grow to 259 MiB, .* limit of 256 MiB: the kernel kills before/)
    expect(findings[0]).toContain('never takes less than 256 MiB')
    expect(findings[0]).toMatch(/Set NODE_OPTIONS="--max-old-space-size=182"\./)
  })

  it('is a limit below 350 MiB without a flag, even where the heap alone would fit', () => {
    const asked = { limitBytes: 340 * MIB, answers: own(340) }
    expect(changed('node/22-title', asked).findings[0]).toContain('--max-old-space-size=')
    const set = { ...asked, command: ['node', '--max-old-space-size=180', 'app.js'] }
    expect(changed('node/22-title', set).findings.join('\n')).not.toContain('the kernel kills')
  })

  it('is what others hold below the same limit', () => {
    const other = processState({ pid: 1, pssBytes: 100 * MIB })
    const asked = { limitBytes: 400 * MIB, answers: own(400) }
    expect(changed('node/22-title', asked).findings.join('\n')).not.toContain('the kernel kills')
    expect(changed('node/22-title', asked, [other]).findings[0]).toMatch(
      /150 MiB is needed beside it \(100 MiB of that by other processes\), in a limit of 400 MiB/,
    )
  })

  it('is nothing of that where it fits', () => {
    const { findings } = changed('node/22-title', { limitBytes: 1024 * MIB, answers: own(1024) })
    expect(findings.join('\n')).not.toContain('the kernel kills')
  })

  it('is a flag that is larger than the limit; the advice goes where the flag stands', () => {
    const command = ['node', '--max-old-space-size=4096', 'app.js']
    const { findings } = changed('node/22-title', {
      limitBytes: 1024 * MIB,
      answers: own(1024),
      command,
    })
    expect(findings[0]).toMatch(
      /Make --max-old-space-size=4096 \(the command line\) --max-old-space-size=7\d\d\./,
    )
  })

  it('is advised with a smaller young generation where that of a large machine was taken', () => {
    const command = ['node', '--max-old-space-size=300', 'app.js']
    const { findings } = changed('node/24-title', {
      limitBytes: 256 * MIB,
      answers: { 'own0 max': 'max\n' },
      command,
    })
    expect(findings[0]).toMatch(/--max-old-space-size=1\d\d --max-semi-space-size=1\./)
  })

  it('is no advice where nothing fits', () => {
    const { findings } = changed('node/22-title', { limitBytes: 64 * MIB, answers: own(64) })
    expect(findings[0]).toContain('No heap of a useful size fits: raise the limit.')
  })

  it('is a limit that it does not see', () => {
    const above = changed('node/22-title', {
      limitBytes: 4 * GIB,
      answers: { 'own0 max': 'max\n' },
    })
    expect(above.findings.join('\n')).toContain(
      'Node reads the limit of its own group alone, not of those above it: it sizes its heap for the whole machine, and the limit is 4 GiB.',
    )
    const old = changed('node/18-title', { limitBytes: 4 * GIB, answers: own(4096) })
    expect(old.findings.join('\n')).toMatch(/Node 18\.\d+\.\d+ does not read this limit/)
  })

  it('is memory that no flag bounds', () => {
    const { findings } = changed('node/22-buffers', {
      limitBytes: 1024 * MIB,
      answers: own(1024),
    })
    // 34 MiB are not worth a sentence.
    expect(findings.join('\n')).not.toContain('does not bound it')
  })

  it('is a package manager that waits', () => {
    const child = processState({ pid: 2, parentPid: 4321, command: ['node', 'server.js'] })
    const npm = { pid: 4321, executable: '/usr/bin/node', command: ['npm start'] }
    const recorded = recordedProgram('node/22-title')
    const answers = recorded.answers.map((answer) => ({ ...answer, pid: 4321 }))
    const [view] = viewsOf([processState(npm), child], answers, null)
    expect(view?.findings.join('\n')).toMatch(/This is npm, which only waits .* takes 41\.\d MiB/)
    const script = { ...npm, command: ['node', '/usr/bin/npm-cli.js', 'start'] }
    const [other] = viewsOf([processState(script), child], answers, null)
    expect(other?.findings.join('\n')).toContain('This is npm')
    const [alone] = viewsOf([processState(npm)], answers, null)
    expect(alone?.findings.join('\n')).not.toContain('This is npm')
  })

  it('is an open inspector, which is not used', () => {
    const command = ['node', '--inspect=0.0.0.0:9229', 'app.js']
    expect(changed('node/22-title', { command }).findings.at(-1)).toContain(
      'Its inspector is open (--inspect=0.0.0.0:9229)',
    )
  })

  it('are workers like itself, of which the largest is looked into', () => {
    const worker = (pid: number, rss: number): ProcessState =>
      processState({
        pid,
        parentPid: 4321,
        executable: '/usr/local/bin/node',
        command: ['node', 'app.js'],
        rssBytes: rss * MIB,
      })
    const main = processState({
      pid: 4321,
      executable: '/usr/local/bin/node',
      command: ['node', 'app.js'],
    })
    const all = [main, worker(5, 80), worker(6, 90), worker(7, 90)]
    expect(all.filter((one) => node.recognise(one, all)).map(({ pid }) => pid)).toEqual([4321, 6])
  })
})

describe('a Node that says little', () => {
  it('is told with what is known', () => {
    const main = processState({
      executable: '/usr/bin/node',
      command: ['node', 'app.js'],
      rssBytes: 50 * MIB,
    })
    const why = '/proc/4321/smaps may not be read: it needs root or CAP_SYS_PTRACE'
    const refused = { pid: 4321, id: 'smaps', ok: false as const, why }
    const [view] = viewsOf([main], [refused], 256 * MIB)
    expect(view).toMatchObject({
      version: null,
      items: [],
      residentBytes: 50 * MIB,
      unattributedBytes: null,
    })
    expect(view?.findings).toEqual([
      `Where its memory is could not be seen: ${why}.`,
      'How large V8 lets its heap become cannot be told: its version is not known. v8.getHeapStatistics().heap_size_limit inside says it.',
    ])
  })

  it('is told as far as its map goes', () => {
    const recorded = recordedProgram('node/22-objects')
    const answers = recorded.answers.map((answer) =>
      answer.ok && answer.id === 'smaps'
        ? { ...answer, text: answer.text.slice(0, 20_000), truncated: true }
        : answer,
    )
    const { items, residentBytes, unattributedBytes, findings } = viewIn({ ...recorded, answers })
    expect(findings[0]).toContain('the rest is not attributed')
    const sum = items.reduce((total, { bytes }) => total + (bytes ?? 0), 0)
    expect(residentBytes).toBeGreaterThan(80 * MIB)
    expect(unattributedBytes).toBe((residentBytes ?? NaN) - sum)
    expect(unattributedBytes).toBeGreaterThan(32 * MIB)
  })

  it.each([
    ['release', 'node-v21.4.0.tar.gz', 'Node 21.4.0'],
    [
      'header',
      '#define NODE_MAJOR_VERSION 21\n#define NODE_MINOR_VERSION 4\n#define NODE_PATCH_VERSION 1\n',
      'Node 21.4.1',
    ],
    ['environment', 'NODE_VERSION=21.4.2', 'Node 21.4.2'],
  ])('tells its version by its %s', (id, text, version) => {
    const answer = { pid: 4321, id, ok: true as const, text, truncated: false }
    const [view] = viewsOf([processState({ executable: '/usr/bin/node' })], [answer], null)
    expect(view?.version).toBe(version)
  })

  it.each([
    ['/usr/bin/node', true],
    ['/usr/bin/nodejs', true],
    ['/opt/node-v22.1.0', true],
    ['/usr/bin/node_exporter', false],
    ['/usr/bin/nodered', false],
  ])('is one by the name of its program: %s', (executable, is) => {
    const process = processState({ executable, command: ['something else'] })
    expect(node.recognise(process, [process])).toBe(is)
  })
})

it('records every scene of every version', () => {
  expect(RECORDED.map((name) => recordedProgram(name).about)).toHaveLength(30)
})
