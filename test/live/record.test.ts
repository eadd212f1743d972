import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { MIB } from '../../src/model/bytes.ts'
import { StellaError } from '../../src/model/errors.ts'
import type { Recording, Sample } from '../../src/model/series.ts'
import type { Subject, Target } from '../../src/model/subject.ts'
import { readSeries } from '../../src/parsers/series/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { listRecordings, readRecordings } from '../../src/store/recordings.ts'
import { openRecorder } from '../../src/watch/record/recorder.ts'
import type { Recorder } from '../../src/watch/record/recorder.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { requireParts } from '../support/parts.ts'
import { run, tryRun, until } from '../support/testbed.ts'

const missing = requireParts('root', 'compiler')
const missingDocker = missing ?? requireParts('docker')

let data = ''
let program = ''
const groups: TestGroup[] = []
const open: Recorder[] = []

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-record-'))
  program = missing === null ? await hog() : ''
})

afterEach(async () => {
  for (const recorder of open.splice(0)) recorder.close()
  for (const group of groups.splice(0)) await group.remove()
  rmSync(data, { recursive: true, force: true })
})

function group(name: string, limitBytes?: number): TestGroup {
  const made = createGroup(name, limitBytes)
  groups.push(made)
  return made
}

async function recorderOf(target: Target, env?: Record<string, string>): Promise<Recorder> {
  const reader = hostReader(env === undefined ? {} : { env: { ...process.env, ...env } })
  const recorder = await openRecorder(reader, { target, dataFolder: data })
  open.push(recorder)
  return recorder
}

async function record(recorder: Recorder, rounds: number, everyMs = 100): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await recorder.round()
    await pause(everyMs)
  }
}

function recordingOf(subject: Subject): Recording {
  const recording = readRecordings(data, subject)
  if (recording === null) throw new Error('nothing was recorded')
  return recording
}

function kinds({ group: series }: Recording): string[] {
  return series.marks.map(({ kind }) => kind)
}

function most(samples: readonly Sample[], figure: 'anonBytes' | 'usageBytes'): number {
  return Math.max(...samples.map((sample) => sample[figure] ?? 0))
}

describe.skipIf(missing !== null)('a real group', () => {
  it('that leaks, is killed and is started again has two lives that rise', async () => {
    const app = group('leak', 48 * MIB)
    const words = [program, 'grow=4M,120,200M', 'stay']
    const first = app.start(words)
    const recorder = await recorderOf({ kind: 'cgroup', path: app.path })
    await record(recorder, 12)
    await first.ended
    await record(recorder, 3)
    app.start(words)
    await record(recorder, 8)
    const recording = recordingOf(recorder.subject)
    expect(kinds(recording)).toEqual(['kill', 'start'])
    const [kill, start] = recording.group.marks
    const { samples } = recording.group
    const lifeOne = samples.filter(({ at }) => at < (kill?.at ?? 0))
    const lifeTwo = samples.filter(({ at }) => at >= (start?.at ?? Infinity))
    for (const life of [lifeOne, lifeTwo]) {
      expect(life.length).toBeGreaterThan(3)
      expect(life.at(-1)?.anonBytes).toBeGreaterThan(life[0]?.anonBytes ?? Infinity)
      expect(life.every(({ limitBytes }) => limitBytes === 48 * MIB)).toBe(true)
    }
    for (const { unreclaimableBytes, usageBytes, anonBytes } of lifeOne) {
      expect(unreclaimableBytes).toBeGreaterThanOrEqual(anonBytes ?? Infinity)
      // The kernel counts usage and its parts at slightly different moments.
      expect(unreclaimableBytes).toBeLessThanOrEqual((usageBytes ?? 0) + 8 * MIB)
    }
    expect(recording.processes).toHaveLength(2)
  })

  it('of several processes shows which one grows, and where in it', async () => {
    const app = group('workers', 256 * MIB)
    app.start([program, 'name=steady', 'anon=40M', 'stay'])
    app.start([program, 'name=grower', 'anon=4M', 'sleep=1000', 'grow=4M,100,80M', 'stay'])
    await pause(500)
    const recorder = await recorderOf({ kind: 'cgroup', path: app.path })
    await record(recorder, 25)
    const { processes, regions } = recordingOf(recorder.subject)
    const named = new Map(processes.map((series) => [series.name, series.samples]))
    const grown = (name: string): number => {
      const samples = named.get(name) ?? []
      return (samples.at(-1)?.usageBytes ?? 0) - (samples[0]?.usageBytes ?? 0)
    }
    expect(new Set(named.keys())).toEqual(new Set(['grower', 'steady']))
    expect(grown('grower')).toBeGreaterThan(20 * MIB)
    expect(grown('steady')).toBeLessThan(MIB)
    const steady = regions.find(
      ({ pid }) => processes.find(({ name }) => name === 'steady')?.process?.pid === pid,
    )
    const largest = steady?.regions[0]
    expect(largest?.anonBytes).toBeGreaterThanOrEqual(40 * MIB)
    expect(largest?.name).toMatch(/^anonymous [0-9a-f]+$|^\[heap\]$/)
  })

  it('tells a limit that is changed', async () => {
    const app = group('limit', 64 * MIB)
    app.start([program, 'anon=4M', 'stay'])
    const recorder = await recorderOf({ kind: 'cgroup', path: app.path })
    await record(recorder, 2)
    app.write(app.version === 1 ? 'memory.limit_in_bytes' : 'memory.max', String(96 * MIB))
    await record(recorder, 2)
    expect(recordingOf(recorder.subject).group.marks).toMatchObject([
      { kind: 'change', says: 'the limit went from 64 MiB to 96 MiB' },
    ])
  })

  it('is recorded as a process, too, until it ends', async () => {
    const app = group('process')
    const { pid, ended } = app.start([program, 'anon=20M', 'sleep=1200', 'exit=0'])
    await pause(400)
    const recorder = await recorderOf({ kind: 'process', pid })
    await record(recorder, 3)
    await ended
    expect(await recorder.round()).toBe('ended')
    const recording = recordingOf(recorder.subject)
    expect(recording.group.subject).toBe('process')
    expect(most(recording.group.samples, 'anonBytes')).toBeGreaterThanOrEqual(20 * MIB)
  })
})

describe.skipIf(missing !== null)('a disk', () => {
  it('that is full ends it with one clear line, and keeps what was there', async () => {
    const disk = join(data, 'disk')
    mkdirSync(disk)
    run(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'stella-test-record', disk])
    try {
      const app = group('full')
      app.start([program, 'anon=4M', 'stay'])
      const recorder = await openRecorder(hostReader(), {
        target: { kind: 'cgroup', path: app.path },
        dataFolder: disk,
      })
      let written = 0
      const filling = async (): Promise<void> => {
        for (; written < 20_000; written++) await recorder.round()
      }
      const error: unknown = await filling().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StellaError)
      expect(error).toMatchObject({
        exitCode: 3,
        line: expect.stringMatching(/no room left .* make room on that file system/),
      })
      recorder.close()
      const kept = readRecordings(disk, recorder.subject)?.group.samples.length ?? 0
      expect(kept).toBeGreaterThan(100)
      expect(kept).toBeGreaterThanOrEqual(written - 1)
    } finally {
      tryRun(['umount', disk])
    }
  })
})

describe.skipIf(missing !== null)('the command', () => {
  const started: ChildProcess[] = []
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
  })

  function stella(...args: string[]) {
    const child = spawn(process.execPath, [LAUNCHER, ...args, '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(child)
    const said = { out: '', err: '' }
    child.stdout.on('data', (piece: Buffer) => (said.out += piece.toString()))
    child.stderr.on('data', (piece: Buffer) => (said.err += piece.toString()))
    const ended = new Promise<number | string | null>((resolve) =>
      child.on('close', (code, signal) => resolve(code ?? signal)),
    )
    return { child, said, ended }
  }

  const samples = (): number => listRecordings(data)[0]?.samples ?? 0

  it('says that it records, and ends with 0 and what was recorded when it is asked to', async () => {
    const app = group('ended')
    app.start([program, 'anon=4M', 'stay'])
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const before = samples()
      const { child, said, ended } = stella('record', `cgroup:${app.path}`)
      await until('it records', () => samples() > before + 1)
      child.kill(signal)
      expect(await ended).toBe(0)
      expect(said.err).toBe(`recording cgroup ${app.path} into ${listFolder()}\n`)
      expect(said.out).toMatch(/^\d+ samples of cgroup \/\S+, from [\d.]+ MiB to [\d.]+ MiB\n$/)
    }
  })

  it('goes on after it was killed, and loses nothing that it had', async () => {
    const app = group('killed')
    app.start([program, 'anon=4M', 'stay'])
    const first = stella('record', `cgroup:${app.path}`)
    await until('it records', () => samples() >= 3)
    first.child.kill('SIGKILL')
    expect(await first.ended).toBe('SIGKILL')
    const kept = samples()
    expect(kept).toBeGreaterThanOrEqual(3)
    const second = stella('record', `cgroup:${app.path}`, '--for', '2s', '--json')
    expect(await second.ended).toBe(0)
    const summary = JSON.parse(second.said.out)
    expect(summary).toMatchObject({ schema: 'stella.record/1', starts: 0, kills: 0 })
    expect(samples()).toBe(kept + summary.samples)
    const recording = recordingOf({ platform: 'cgroup', name: app.path, id: null, image: null })
    expect(kinds(recording)).toEqual([])
  })

  it('lets nobody else record the same', async () => {
    const app = group('twice')
    app.start([program, 'anon=4M', 'stay'])
    const first = stella('record', `cgroup:${app.path}`)
    await until('it records', () => samples() > 0)
    const second = stella('record', `cgroup:${app.path}`)
    expect(await second.ended).toBe(3)
    expect(second.said.err).toContain(`process ${first.child.pid} records it already`)
    const list = stella('record', '--list')
    expect(await list.ended).toBe(0)
    expect(list.said.out).toContain(`process ${first.child.pid}, now`)
  })

  it('writes a table that can be read again', async () => {
    const app = group('table', 32 * MIB)
    app.start([program, 'anon=4M', 'stay'])
    await stella('record', `cgroup:${app.path}`, '--for', '2s').ended
    const file = join(data, 'table.csv')
    expect(await stella('record', `cgroup:${app.path}`, '--export', file).ended).toBe(0)
    const table = readSeries(readFileSync(file, 'utf8'), file)
    const kept = recordingOf({ platform: 'cgroup', name: app.path, id: null, image: null })
    expect(table.group.samples).toEqual(kept.group.samples)
    const printed = stella('record', '--export', '-')
    expect(await printed.ended).toBe(0)
    expect(printed.said.out).toBe(readFileSync(file, 'utf8'))
  })

  it.each([
    [['record'], 2, 'there is no target to record'],
    [['record', 'cgroup:/stella-nothing'], 3, 'there is no memory group /stella-nothing'],
    [['record', 'host'], 2, 'only containers, memory groups and processes'],
    [['record', 'pid:4194304'], 3, 'there is no process 4194304'],
    [['record', 'cgroup:/x', '--every', '2h'], 2, "'2h' is too long between two rounds"],
    [['record', '--export', '-'], 3, 'nothing is recorded of it'],
  ])('%j ends with %i', async (args, code, says) => {
    const { said, ended } = stella(...args)
    expect(await ended).toBe(code)
    expect(said.err).toContain(says)
    expect(said.err.trim()).not.toContain('\n')
  })

  it('says where it may not write', async () => {
    const app = group('readonly')
    app.start([program, 'anon=1M', 'stay'])
    writeFileSync(join(data, 'recordings'), 'a file')
    const { said, ended } = stella('record', `cgroup:${app.path}`)
    expect(await ended).toBe(3)
    expect(said.err).toContain('name another one with --data DIR')
  })

  function listFolder(): string {
    const name = run(['ls', join(data, 'recordings')]).trim()
    return join(data, 'recordings', name)
  }
})

describe.skipIf(missingDocker !== null)('a container', () => {
  let docker: TestDocker
  let image = ''
  const names: string[] = []

  beforeAll(async () => {
    docker = await testDocker()
    image = await docker.image()
  })

  afterAll(() => {
    for (const name of names) docker.tryCli('rm', '--force', name)
  })

  function start(name: string, ...args: string[]): void {
    names.push(name)
    docker.cli('run', '--detach', `--name=${name}`, ...args)
  }

  it('is followed by its name through a restart, and when it is made anew', async () => {
    const name = `stella-record-${process.pid}`
    start(name, '--memory=64m', image, 'hog', 'anon=8M', 'stay')
    const recorder = await recorderOf({ kind: 'container', engine: 'docker', name }, docker.env)
    await record(recorder, 3)
    docker.cli('restart', '--time=1', name)
    await record(recorder, 6, 500)
    docker.cli('rm', '--force', name)
    await record(recorder, 2)
    docker.cli(
      'run',
      '--detach',
      `--name=${name}`,
      '--memory=96m',
      image,
      'hog',
      'anon=16M',
      'stay',
    )
    await record(recorder, 8, 500)
    const recording = recordingOf(recorder.subject)
    expect(recording.subject).toMatchObject({ platform: 'docker', name })
    expect(kinds(recording).filter((kind) => kind === 'start')).toHaveLength(2)
    expect(kinds(recording)).not.toContain('kill')
    const { samples } = recording.group
    expect(samples[0]?.limitBytes).toBe(64 * MIB)
    expect(samples.at(-1)?.limitBytes).toBe(96 * MIB)
    expect(samples.at(-1)?.anonBytes).toBeGreaterThanOrEqual(16 * MIB)
    expect(docker.tryCli('inspect', name).status).toBe(0)
  })

  it('that is killed and started again by its engine has both told', async () => {
    const name = `stella-record-oom-${process.pid}`
    start(name, '--memory=32m', '--restart=always', image, 'hog', 'sleep=1500', 'grow=4M,50,200M')
    const recorder = await recorderOf({ kind: 'container', engine: 'docker', name }, docker.env)
    await record(recorder, 30, 250)
    docker.cli('rm', '--force', name)
    const told = kinds(recordingOf(recorder.subject))
    expect(told).toContain('kill')
    expect(told).toContain('start')
    expect(told.indexOf('kill')).toBeLessThan(told.indexOf('start'))
  })

  it('that nobody knows is refused', async () => {
    const target = { kind: 'container', engine: 'docker', name: 'stella-nothing' } as const
    await expect(recorderOf(target, docker.env)).rejects.toThrow(
      'no container stella-nothing is known',
    )
  })
})
