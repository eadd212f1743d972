import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeReader } from '../../../test/support/fake-reader.ts'
import type { Recording } from '../../model/series.ts'
import type { Target } from '../../model/subject.ts'
import { readRecordings } from '../../store/recordings.ts'
import { openRecorder } from './recorder.ts'
import type { Recorder } from './recorder.ts'

const BOOT_SECONDS = 1_700_000_000
const START = (BOOT_SECONDS + 1_000) * 1_000
const PAGE = 4_096

/** A machine whose clocks, groups and processes a test moves. */
interface Machine extends Disposable {
  reader: FakeReader
  /** Sets usage and what else is given of the group `/app`. */
  group(files: Readonly<Record<string, string>>): void
  removeGroup(): void
  process(pid: number, process: { pages: number; startTicks?: number; smaps?: string }): void
  members(...pids: number[]): void
  /** Lets time pass on both clocks, and sets the wall clock beside it. */
  pass(seconds: number, setBy?: number): void
  record(target?: Target): Promise<Recorder>
  recording(recorder: Recorder): Recording
}

const open: Recorder[] = []

function machine(): Machine {
  const files = {
    'proc/self/mountinfo': '30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n',
    'cg/cgroup.controllers': 'memory\n',
    'proc/stat': `cpu 1 2 3\nbtime ${BOOT_SECONDS}\n`,
  }
  let wall = START
  let monotonic = 1_000
  const fake = fakeReader({ files })
  const reader = { ...fake, now: () => wall, monotonicSeconds: () => monotonic }
  const data = join(fake.root, 'data')
  const put = (path: string, text: string): void => {
    mkdirSync(join(fake.root, path, '..'), { recursive: true })
    writeFileSync(join(fake.root, path), text)
  }
  return {
    reader,
    group(own) {
      for (const [name, text] of Object.entries(own)) put(`cg/app/${name}`, `${text}\n`)
    },
    removeGroup: () => rmSync(join(fake.root, 'cg/app'), { recursive: true }),
    process(pid, { pages, startTicks = 5_000, smaps }) {
      const zeros = '0 '.repeat(18)
      put(`proc/${pid}/stat`, `${pid} (a (b) c) S ${zeros}${startTicks} 9999 ${pages} 0\n`)
      const kib = pages * 4
      put(`proc/${pid}/status`, `VmRSS:\t${kib} kB\nRssAnon:\t${kib} kB\nRssShmem:\t0 kB\n`)
      if (smaps !== undefined) put(`proc/${pid}/smaps`, smaps)
    },
    members: (...pids) => put('cg/app/cgroup.procs', pids.map((pid) => `${pid}\n`).join('')),
    pass(seconds, setBy = 0) {
      monotonic += seconds
      wall += (seconds + setBy) * 1_000
    },
    async record(target = { kind: 'cgroup', path: '/app' }) {
      const recorder = await openRecorder(reader, { target, dataFolder: data })
      open.push(recorder)
      return recorder
    },
    recording(recorder) {
      const recording = readRecordings(data, recorder.subject)
      if (recording === null) throw new Error('nothing was recorded')
      return recording
    },
    [Symbol.dispose]() {
      for (const recorder of open.splice(0)) recorder.close()
      fake[Symbol.dispose]()
    },
  }
}

const GROUP = {
  'memory.current': '9000',
  'memory.max': '65536',
  'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0',
  'memory.stat': 'anon 5000\nfile 3000\nshmem 700\ninactive_file 1000\nkernel_stack 20\nsock 0',
  'cgroup.procs': '',
}

function marks({ group }: Recording): string[] {
  return group.marks.map(({ kind, says }) => `${kind}: ${says}`)
}

describe('a group', () => {
  it('is told in all its parts, and its processes by number and start', async () => {
    using it = machine()
    it.group(GROUP)
    it.process(11, { pages: 10 })
    it.process(12, { pages: 30, startTicks: 7_000 })
    it.members(11, 12)
    const recorder = await it.record()
    await recorder.round()
    const recording = it.recording(recorder)
    expect(recording.group.samples).toMatchObject([
      {
        at: START,
        usageBytes: 9_000,
        workingSetBytes: 8_000,
        anonBytes: 5_000,
        fileBytes: 2_300,
        shmemBytes: 700,
        kernelBytes: 20,
        unreclaimableBytes: 5_720,
        limitBytes: 65_536,
        oomKills: 0,
        processes: 2,
      },
    ])
    const processes = recording.processes.map(({ name, process, samples }) => [
      name,
      process?.pid,
      process?.startedAt,
      samples[0]?.usageBytes,
    ])
    expect(processes).toEqual([
      ['a (b) c', 12, (BOOT_SECONDS + 70) * 1_000, 30 * PAGE],
      ['a (b) c', 11, (BOOT_SECONDS + 50) * 1_000, 10 * PAGE],
    ])
  })

  it('has a kill where the counter rises, a new life where no process is left, a change of its limit', async () => {
    using it = machine()
    it.group(GROUP)
    it.process(11, { pages: 10 })
    it.members(11)
    const recorder = await it.record()
    await recorder.round()
    it.pass(1)
    it.group({ 'memory.events': 'max 9\noom_kill 1' })
    it.members()
    await recorder.round()
    it.pass(1)
    it.process(12, { pages: 5, startTicks: 100_200 })
    it.members(12)
    await recorder.round()
    it.pass(1)
    it.group({ 'memory.max': '131072' })
    await recorder.round()
    expect(marks(it.recording(recorder))).toEqual([
      'kill: killed',
      'start: restarted',
      'change: the limit went from 64 KiB to 128 KiB',
    ])
    expect(recorder.close()).toMatchObject({ samples: 4, starts: 1, kills: 1 })
    open.pop()
  })

  it('is the same life while one process of many is replaced', async () => {
    using it = machine()
    it.group(GROUP)
    for (const pid of [11, 12, 13]) it.process(pid, { pages: 10 })
    it.members(11, 12)
    const recorder = await it.record()
    await recorder.round()
    it.pass(1)
    it.members(12, 13)
    await recorder.round()
    it.pass(1)
    // The same number, and another process.
    it.process(13, { pages: 10, startTicks: 99_000 })
    await recorder.round()
    expect(marks(it.recording(recorder))).toEqual([])
    expect(it.recording(recorder).processes).toHaveLength(4)
  })

  it('is found again when it was removed and made anew', async () => {
    using it = machine()
    it.group(GROUP)
    const recorder = await it.record()
    expect(await recorder.round()).toBe('recorded')
    it.removeGroup()
    it.pass(1)
    expect(await recorder.round()).toBe('absent')
    mkdirSync(join(it.reader.root, 'between'))
    it.group({ ...GROUP, 'memory.current': '100' })
    it.pass(20)
    expect(await recorder.round()).toBe('recorded')
    const recording = it.recording(recorder)
    expect(marks(recording)).toEqual(['start: restarted'])
    expect(recording.group.samples.map(({ usageBytes }) => usageBytes)).toEqual([9_000, 100])
  })

  it('goes on where an earlier recording ended, and knows whether its processes are others', async () => {
    using it = machine()
    it.group(GROUP)
    it.process(11, { pages: 10 })
    it.members(11)
    const first = await it.record()
    await first.round()
    open.pop()?.close()
    it.pass(60)
    const second = await it.record()
    await second.round()
    open.pop()?.close()
    expect(marks(it.recording(second))).toEqual([])
    it.pass(60)
    it.process(12, { pages: 10, startTicks: 110_000 })
    it.members(12)
    const third = await it.record()
    await third.round()
    expect(marks(it.recording(third))).toEqual(['start: restarted'])
    expect(it.recording(third).group.samples).toHaveLength(3)
  })
})

describe('a process', () => {
  it('is followed to its end, and another one with its number is not it', async () => {
    using it = machine()
    it.process(11, { pages: 10 })
    const recorder = await it.record({ kind: 'process', pid: 11 })
    expect(await recorder.round()).toBe('recorded')
    it.pass(1)
    it.process(11, { pages: 20, startTicks: 99_999 })
    expect(await recorder.round()).toBe('ended')
    const { group, subject } = it.recording(recorder)
    expect(subject).toMatchObject({ platform: 'process', id: '11', name: 'a (b) c' })
    expect(group.subject).toBe('process')
    expect(group.samples).toMatchObject([{ usageBytes: 10 * PAGE }])
  })
})

describe('a clock', () => {
  it('that is set back does not write samples among earlier ones', async () => {
    using it = machine()
    it.group(GROUP)
    const recorder = await it.record()
    await recorder.round()
    it.pass(1, -3_600)
    await recorder.round()
    it.pass(1)
    await recorder.round()
    it.pass(1, 3_600)
    await recorder.round()
    const { group } = it.recording(recorder)
    expect(group.samples.map(({ at }) => (at - START) / 1_000)).toEqual([0, 1, 2, 3])
    expect(group.marks.map(({ says }) => says)).toEqual([
      'the clock went back by 3600 s: time is counted on',
      'the clock went forward by 3600 s, or the machine slept',
    ])
  })

  it('that is set forward leaves a gap, and says so', async () => {
    using it = machine()
    it.group(GROUP)
    const recorder = await it.record()
    await recorder.round()
    it.pass(1, 600)
    await recorder.round()
    it.pass(1)
    await recorder.round()
    const { group } = it.recording(recorder)
    expect(group.samples.map(({ at }) => (at - START) / 1_000)).toEqual([0, 601, 602])
    expect(marks(it.recording(recorder))).toHaveLength(1)
  })
})

describe('regions', () => {
  it('are looked at when it begins, and then of the one that grows', async () => {
    using it = machine()
    it.group(GROUP)
    const smaps = (kib: number): string =>
      [
        '55d000000000-55d000100000 rw-p 00000000 00:00 0                          [heap]',
        `Rss:                ${kib} kB`,
        `Anonymous:          ${kib} kB`,
        '7f0000001000-7f0000002000 rw-p 00000000 00:00 0 ',
        'Rss:                   4 kB',
        '7f0000005000-7f0000006000 rw-p 00000000 00:00 0 ',
        'Rss:                   4 kB',
        '',
      ].join('\n')
    it.process(11, { pages: 500, smaps: smaps(2_000) })
    it.process(12, { pages: 10, smaps: smaps(40) })
    it.members(11, 12)
    const recorder = await it.record()
    await recorder.round()
    for (let second = 1; second <= 200; second++) {
      it.pass(1)
      it.process(12, { pages: 10 + second, smaps: smaps(40 + second * 4) })
      await recorder.round()
    }
    const { regions } = it.recording(recorder)
    expect(regions.map(({ pid, at }) => [pid, (at - START) / 1_000])).toEqual([
      [11, 0],
      [12, 0],
      [12, 60],
      [12, 180],
    ])
    expect(regions[3]?.regions).toEqual([
      { name: '[heap]', rssBytes: 760 * 1024, anonBytes: 760 * 1024, swapBytes: 0, mappings: 1 },
      { name: 'anonymous 7f0000000000', rssBytes: 8192, anonBytes: 0, swapBytes: 0, mappings: 2 },
    ])
  })
})

describe('is refused', () => {
  it.each<[Target, string]>([
    [{ kind: 'host' }, 'only containers, memory groups and processes of this machine'],
    [{ kind: 'cgroup', path: '/nothing' }, 'there is no memory group /nothing below /cg'],
    [{ kind: 'process', pid: 77 }, 'there is no process 77'],
    [{ kind: 'container', engine: 'docker', name: 'web' }, 'docker could not be asked'],
    [{ kind: 'name', name: 'web' }, "nothing here is called 'web'"],
  ])('%j', async (target, says) => {
    using it = machine()
    await expect(it.record(target)).rejects.toThrow(says)
  })

  it('a group whose memory the kernel does not count', async () => {
    using it = machine()
    const files = { 'cgroup.controllers': '', 'cgroup.events': 'populated 1', 'cgroup.procs': '' }
    it.group(files)
    await expect(it.record()).rejects.toThrow('not switched on for the group /app')
    await expect(it.record({ kind: 'cgroup', path: '/' })).rejects.toThrow('the root group')
  })

  it('where no memory groups are to be seen', async () => {
    using reader = fakeReader()
    const options = { target: { kind: 'process', pid: 1 }, dataFolder: reader.root } as const
    await expect(openRecorder(reader, options)).rejects.toThrow('no cgroup file system is mounted')
  })
})
