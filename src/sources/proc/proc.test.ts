import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { GIB } from '../../model/bytes.ts'
import { hostReader } from '../reader.ts'
import { readProcess, readProcessesOf } from './index.ts'

const hierarchy = { version: 2, mountPoint: '/sys/fs/cgroup', mountRoot: '/' } as const

function processFiles(pid: number, state: string): Record<string, string> {
  return {
    [`proc/${pid}/stat`]: `${pid} (app) ${state} 1 ${pid} ${pid} 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n`,
    [`proc/${pid}/status`]: `Name:\tapp\nState:\t${state} (x)\nPid:\t${pid}\nNSpid:\t${pid}\t1\nVmRSS:\t    1024 kB\n`,
    [`proc/${pid}/cmdline`]: 'app\0--flag\0',
    [`proc/${pid}/task/${pid}/stat`]: `${pid} (app) ${state} 1\n`,
  }
}

it('reads our own process as what it is', () => {
  const read = readProcess(hostReader(), process.pid, { rollupMaxRssBytes: 64 * GIB })
  expect(read.ok && read.observation.fact).toMatchObject({
    pid: process.pid,
    parentPid: process.ppid,
    uid: process.getuid?.(),
    state: expect.stringMatching(/[RS]/),
  })
  expect(read.ok && read.observation.fact.rssBytes).toBeGreaterThan(10_000_000)
  expect(read.ok && read.observation.fact.pssBytes).toBeGreaterThan(1_000_000)
})

it('reads a process that sleeps in the kernel, as one does that is short of memory', () => {
  using reader = fakeReader({ files: { ...processFiles(7, 'D'), ...processFiles(8, 'S') } })
  for (const pid of [7, 8]) {
    const read = readProcess(reader, pid, { rollupMaxRssBytes: GIB })
    expect(read).toMatchObject({ ok: true, hangs: false })
    expect(read.ok && read.observation.fact.command).toEqual(['app', '--flag'])
  }
})

it('does not hang with a process that hangs in the kernel, and says what it could not read', () => {
  using reader = fakeReader({
    files: { 'sys/fs/cgroup/a/cgroup.procs': '7\n', ...processFiles(7, 'D') },
  })
  // A pipe that nobody writes to holds up its reader just as the lock does.
  const pipe = join(reader.root, 'proc/7/cmdline')
  rmSync(pipe)
  execFileSync('mkfifo', [pipe])
  const read = readProcess(reader, 7, { rollupMaxRssBytes: GIB })
  expect(read.ok && read.observation.fact).toMatchObject({
    state: 'D',
    command: [],
    nsPids: [7, 1],
  })
  const { unknown } = readProcessesOf(reader, hierarchy, '/a', { rollupMaxRssBytes: GIB })
  expect(unknown.join()).toMatch(/hang in the kernel/)
})

it('says that a process is gone', () => {
  using reader = fakeReader()
  expect(readProcess(reader, 7, { rollupMaxRssBytes: GIB })).toEqual({
    ok: false,
    problem: { kind: 'missing', code: 'ENOENT' },
  })
})

it('reads the processes of a group and of those below, each once, and no more than it can show', () => {
  const files: Record<string, string> = {
    'sys/fs/cgroup/a/cgroup.procs': '7\n0\n',
    'sys/fs/cgroup/a/b/cgroup.procs': Array.from({ length: 600 }, (_one, index) => 7 + index).join(
      '\n',
    ),
    ...processFiles(7, 'S'),
    ...processFiles(9, 'S'),
  }
  using reader = fakeReader({ files })
  const reading = readProcessesOf(reader, hierarchy, '/a', { rollupMaxRssBytes: GIB })
  expect(reading.observations.map(({ fact }) => fact.kind === 'process-state' && fact.pid)).toEqual(
    [7, 9],
  )
  expect(reading.unknown).toEqual(['only the first 512 processes of /a were read'])
})
