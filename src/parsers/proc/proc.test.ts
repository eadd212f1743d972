import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Observation } from '../../model/evidence.ts'
import { hostFormats, processFolder, processState } from './index.ts'

const V1 = new URL('../../../fixtures/proc/v1/', import.meta.url)
const PID = Number(readdirSync(new URL('proc/', V1)).find((name) => /^\d+$/.test(name)))
const ORIGIN = { from: 'proc', readAt: null, source: null }

function processFiles(): Map<string, string> {
  const folder = new URL(`proc/${PID}/`, V1)
  return new Map(
    readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
  )
}

function ofHost(text: string, path: string): Observation[] {
  const format = hostFormats.find((candidate) => candidate.recognise(text, path))
  return format?.parse(text, { ...ORIGIN, from: path }) ?? []
}

describe('a process', () => {
  const state = processState(processFiles(), PID)

  test('is told with its memory, its container and its place', () => {
    expect(state).toMatchObject({
      name: 'sleep',
      state: 'S',
      command: ['sleep', '100'],
      nsPids: [PID, 1],
      uid: 0,
      threads: 1,
      swapBytes: 0,
      oomScoreAdj: 0,
    })
    expect(state.cgroupPaths[0]).toMatch(/^\/docker\/[0-9a-f]{64}$/)
    expect(state.rssBytes).toBe(
      (state.anonRssBytes ?? 0) + (state.fileRssBytes ?? 0) + (state.shmemRssBytes ?? 0),
    )
    expect(state.pssBytes).toBeLessThanOrEqual(state.rssBytes ?? 0)
    expect(state.startTicks).toBe(Number(processFiles().get('stat')?.split(' ')[21]))
    expect(state.stack[0]).toMatch(/nanosleep/)
  })

  test('is known by its folder, or by what its files say', () => {
    const seen = processFolder.parseFolder(processFiles(), 'case/victim', ORIGIN)
    expect(seen[0]?.fact).toMatchObject({ kind: 'process-state', pid: PID })
    expect(processFolder.recognise('sleep\n', 'case/proc-60s/77/comm')).toBe(true)
    expect(processFolder.recognise('sleep\n', 'case/comm')).toBe(false)
    expect(processFolder.folderOf('case/stack-77.txt')).toBe('case/77')
  })

  test('a thread is no process of its own', () => {
    const files = new Map([['status', 'Name:\tworker\nTgid:\t10\nPid:\t12\nVmRSS:\t  100 kB\n']])
    expect(processFolder.parseFolder(files, '/proc/10/task/12', ORIGIN)).toEqual([])
  })

  test('the program that runs is known by its link, even where its file was replaced', () => {
    const files = new Map([['exe', '/usr/local/bin/node (deleted)']])
    expect(processState(files, 9).executable).toBe('/usr/local/bin/node')
    expect(processState(new Map(), 9).executable).toBeNull()
  })

  test('may have a name that looks like the rest of the line', () => {
    const stat = '42 (a) R (b) D 7 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2'
    expect(processState(new Map([['stat', stat]]), 42)).toMatchObject({
      name: 'a) R (b',
      state: 'D',
      parentPid: 7,
      startTicks: 98_765,
      rssBytes: null,
      uid: null,
    })
  })

  test('has no parent whose number no process can have', () => {
    const stat = `7 (web) S ${'9'.repeat(400)} ${'0 '.repeat(40)}`
    expect(processState(new Map([['stat', stat]]), 7).parentPid).toBeNull()
  })

  test('shows where it hangs from its stack, or from wchan alone', () => {
    const stack =
      '[<0>] mem_cgroup_oom_synchronize+0x12b/0x2f0\n[<0>] pagefault_out_of_memory+0x2f/0x90\n'
    expect(processState(new Map([['stack', stack]]), 1).stack).toEqual([
      'mem_cgroup_oom_synchronize+0x12b/0x2f0',
      'pagefault_out_of_memory+0x2f/0x90',
    ])
    expect(processState(new Map([['wchan', 'do_exit']]), 1).stack).toEqual(['do_exit'])
    expect(processState(new Map([['wchan', '0']]), 1).stack).toEqual([])
  })

  test('never fails, whatever its files hold', () => {
    const names = fc.constantFrom(
      'status',
      'stat',
      'smaps_rollup',
      'cgroup',
      'cmdline',
      'stack',
      'oom_score',
    )
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (files) => {
        const found = processFolder.parseFolder(new Map(Object.entries(files)), '/proc/9', ORIGIN)
        expect(found.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('the machine', () => {
  test('meminfo, under any name', () => {
    const text = readFileSync(new URL('proc/meminfo', V1), 'utf8')
    const [seen] = ofHost(text, 'case/meminfo.before')
    const kib = (name: string): number =>
      Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024
    expect(seen?.fact).toMatchObject({
      kind: 'host-memory',
      totalBytes: kib('MemTotal'),
      availableBytes: kib('MemAvailable'),
      swapTotalBytes: 0,
    })
    expect(seen?.from).toBe('case/meminfo.before')
  })

  test('vmstat, whole under any name, or in part under its own', () => {
    const whole = readFileSync(new URL('proc/vmstat', V1), 'utf8')
    expect(ofHost(whole, 'x.txt')[0]?.fact).toMatchObject({
      kind: 'host-state',
      sysctls: new Map(),
    })
    const part = 'workingset_refault_anon 0\npswpin 3\n'
    expect(ofHost(part, 'case/vmstat.after')[0]?.fact).toMatchObject({
      vmstat: new Map([
        ['workingset_refault_anon', 0],
        ['pswpin', 3],
      ]),
    })
    expect(ofHost(part, 'case/other.txt')).toEqual([])
  })

  test('pressure, only where the name says it is that of memory', () => {
    const text = readFileSync(new URL('proc/pressure/memory', V1), 'utf8')
    expect(ofHost(text, '/proc/pressure/memory')[0]?.fact).toMatchObject({
      pressure: { some: {}, full: {} },
    })
    expect(ofHost(text, 'psi-system.txt')).toHaveLength(1)
    expect(ofHost(text, '/proc/pressure/io')).toEqual([])
    expect(ofHost(text, 'some.txt')).toEqual([])
  })

  test('notes of several commands in one file', () => {
    const text = readFileSync(new URL('host.txt', V1), 'utf8')
    const [state, memory] = ofHost(text, 'host.txt')
    expect(state?.fact).toMatchObject({
      kernelVersion: expect.stringMatching(/^\d+\.\d+/),
      sysctls: new Map([
        ['vm.overcommit_memory', '0'],
        ['vm.panic_on_oom', '0'],
        ['vm.swappiness', '60'],
        ['vm.oom_kill_allocating_task', '0'],
      ]),
    })
    expect(memory?.fact).toMatchObject({ kind: 'host-memory', swapTotalBytes: 0 })
    expect(ofHost('cpu  1 2 3\nbtime 1795240000\n', 'proc/stat')[0]?.fact).toMatchObject({
      bootAt: 1_795_240_000_000,
    })
    expect(ofHost('0\n', 'case/proc/sys/vm/panic_on_oom')[0]?.fact).toMatchObject({
      sysctls: new Map([['vm.panic_on_oom', '0']]),
    })
  })

  test('free without -b has no unit, and then no size is known', () => {
    const kib =
      '               total        used        free      shared  buff/cache   available\nMem:        24684092      999743    21666647      260464     2576811    23684348\nvm.swappiness = 60\n'
    expect(ofHost(kib, 'host.txt').map(({ fact }) => fact.kind)).toEqual(['host-state'])
  })

  test('a raw kernel log that begins with the version is no note', () => {
    const log = `Linux version 6.1.0 (x@y) (gcc) #1 SMP\n${'Command line: BOOT_IMAGE=/vmlinuz\n'.repeat(9)}`
    expect(ofHost(log, 'dmesg')).toEqual([])
  })
})
