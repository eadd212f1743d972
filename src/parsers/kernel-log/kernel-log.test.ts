import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { KIB, MIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { Fact } from '../../model/facts.ts'
import type { KernelLogCoverage, OomReport } from '../../model/kernel.ts'
import { kernelLog } from './index.ts'
import { scoredWithSwap } from './score.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/kernel-log/', import.meta.url))

function read(bytes: Uint8Array, readAt: number | null = null): Observation[] {
  const reader = kernelLog.open({ from: 'kern.log', readAt, source: null })
  reader.push(bytes)
  return reader.finish()
}

function readText(text: string, readAt: number | null = null): Observation[] {
  return read(new TextEncoder().encode(text), readAt)
}

function factsOf(observations: readonly Observation[]): Fact[] {
  return observations.map(({ fact }) => fact)
}

function reportsOf(observations: readonly Observation[]): OomReport[] {
  return factsOf(observations).filter((fact) => fact.kind === 'kernel-oom')
}

function coverageOf(observations: readonly Observation[]): KernelLogCoverage | undefined {
  return factsOf(observations).find((fact) => fact.kind === 'kernel-log-coverage')
}

function fixture(name: string): Uint8Array {
  return readFileSync(`${FIXTURES}${name}`)
}

/** Times and places differ between renderings. */
function withoutClock({ bootSeconds: _, yearless: __, ...rest }: OomReport): unknown {
  return { ...rest, stat: [...rest.stat] }
}

describe('a kill at its own limit', () => {
  const [report] = reportsOf(read(fixture('own-limit.dmesg.txt')))

  it('says who, where and how full', () => {
    expect(report).toMatchObject({
      constraint: 'memcg',
      globalOom: false,
      missing: [],
      pageSizeBytes: 4 * KIB,
      memory: { limitBytes: 32 * MIB, usageBytes: 32 * MIB },
      trigger: { name: 'tail', order: 0, oomScoreAdj: 0 },
      kills: [{ name: 'tail', uid: 0, oomScoreAdj: 0, sacrificedFor: null }],
    })
    expect(report?.oomMemcg).toMatch(/-kernel-log$/)
    expect(report?.taskMemcg).toBe(report?.oomMemcg)
    expect(report?.trigger?.pid).toBe(report?.kills[0]?.pid)
    expect(report?.kernelVersion).toMatch(/^6\.18\./)
  })

  it('has the memory statistics of the group in bytes', () => {
    expect(report?.stat.get('rss')).toBeGreaterThan(30 * MIB)
    expect(report?.stat.get('rss')).toBeLessThanOrEqual(32 * MIB)
  })

  it('has the task table, and the victim has the highest badness once the swap of the machine is known', () => {
    if (report === undefined) expect.fail('no report was read')
    expect(report.processes.length).toBeGreaterThan(1)
    // The group may use swap, and the log does not say whether the machine has any.
    expect(report.kills[0]?.badness).toBeNull()
    const { processes, kills } = scoredWithSwap(report, 0)
    const highest = processes.toSorted((a, b) => (b.badness ?? 0) - (a.badness ?? 0))[0]
    expect(highest?.pid).toBe(kills[0]?.pid)
    expect(highest?.badness).toBeGreaterThan(900)
    const withSwap = scoredWithSwap(report, 32 * MIB).kills[0]?.badness ?? Number.NaN
    expect(withSwap / (highest?.badness ?? Number.NaN)).toBeCloseTo(0.5, 1)
  })

  const renderings = [
    ['dmesg-T.txt', 'kmsg'],
    ['dmesg-H.txt', 'kmsg'],
    ['dmesg-dt.txt', 'kmsg'],
    ['dmesg-iso-x.txt', 'kmsg'],
    ['dmesg-r.txt', 'kmsg'],
    ['dmesg.json', 'kmsg'],
    ['kmsg.txt', 'kmsg'],
    ['journal-short.txt', 'syslog'],
    ['journal-short-precise.txt', 'journal'],
    ['journal-short-iso.txt', 'journal'],
    ['journal-short-monotonic.txt', 'journal'],
    ['journal.json', 'journal'],
    ['journal.export', 'journal'],
  ] as const

  it.each(renderings)('is the same in %s', (name, source) => {
    const bytes = fixture(`own-limit.${name}`)
    expect(kernelLog.recognise(new TextDecoder().decode(bytes), 'a-file')).toBe(true)
    const observations = read(bytes)
    for (const observation of observations) expect(observation.source).toBe(source)
    expect(reportsOf(observations).map(withoutClock)).toEqual(
      report === undefined ? [] : [withoutClock(report)],
    )
  })

  it('is the same whatever pieces it comes in', () => {
    const bytes = fixture('own-limit.dmesg.txt')
    for (const size of [1, 7, 64, 4095, 4096, 4097]) {
      const reader = kernelLog.open({ from: 'kern.log', readAt: null, source: null })
      for (let p = 0; p < bytes.length; p += size) reader.push(bytes.subarray(p, p + size))
      expect(reportsOf(reader.finish())).toEqual([report])
    }
  })

  it('is the same in UTF-16, as PowerShell saves it, and behind quotes of a mail', () => {
    const text = new TextDecoder().decode(fixture('own-limit.dmesg.txt'))
    const utf16 = Uint8Array.from(`\uFEFF${text}`, (char) => char.charCodeAt(0))
    const bytes = new Uint8Array(2 * text.length + 2)
    for (let i = 0; i <= text.length; i++) {
      const unit = `\uFEFF${text}`.charCodeAt(i)
      bytes.set([unit & 0xff, unit >> 8], 2 * i)
    }
    expect(utf16.length).toBe(text.length + 1)
    expect(reportsOf(read(bytes))).toEqual([report])
    expect(reportsOf(readText(text.replaceAll(/^/gm, '> > ')))).toEqual([report])
  })

  it('carries the excerpt and the place of its first line', () => {
    const [observation] = read(fixture('own-limit.dmesg.txt'))
    expect(observation?.from).toBe('kern.log:1')
    expect(observation?.excerpt).toContain('invoked oom-killer')
    expect(observation?.excerpt).toContain('oom-kill:constraint=CONSTRAINT_MEMCG')
    expect(observation?.excerpt).toContain('Killed process')
  })

  it('has the time of the kill even where the journal got the message later', () => {
    const [iso] = read(fixture('own-limit.dmesg-iso-x.txt'))
    const [journal] = read(fixture('own-limit.journal.json'))
    expect(Math.abs((iso?.at ?? 0) - (journal?.at ?? Infinity))).toBeLessThan(1000)
  })
})

describe('other recorded kills', () => {
  it('names the parent whose limit was reached', () => {
    const [report] = reportsOf(read(fixture('ancestor-limit.dmesg.txt')))
    expect(report?.taskMemcg).toBe(`${report?.oomMemcg}/child`)
  })

  it.each(['dmesg.txt', 'dmesg-T.txt', 'dmesg.json', 'kmsg.txt'])(
    'reads hostile process names in %s',
    (name) => {
      const reports = reportsOf(read(fixture(`hostile-names.${name}`)))
      const names = ['a) x (b', 'x,pid=1,uid=0', 'two\nlines', 'Plex Media Serv', 'ünï', '(tail)']
      expect(reports.map((report) => report.kills.map((kill) => kill.name))).toEqual(
        names.map((victim) => [victim]),
      )
      for (const { kills, processes, oomMemcg } of reports) {
        expect(kills[0]?.pid).toBeGreaterThan(1)
        const row = processes.find((process) => process.pid === kills[0]?.pid)
        expect(row?.name).toBe(kills[0]?.name)
        expect(oomMemcg).toMatch(/-kernel-log$/)
      }
    },
  )

  it.each(['dmesg.txt', 'journal-short-precise.txt', 'journal.json', 'journal.export'])(
    'reads a newline in a name in %s',
    (name) => {
      const [report] = reportsOf(read(fixture(`newline-name.${name}`)))
      expect(report?.kills[0]?.name).toBe('two\nlines')
      expect(report?.trigger).toMatchObject({ name: 'two\nlines', pid: report?.kills[0]?.pid })
      expect(report?.missing).toEqual([])
    },
  )

  it('counts every kill of a storm, with or without its report', () => {
    const observations = read(fixture('storm.dmesg.txt'))
    const reports = reportsOf(observations)
    expect(reports).toHaveLength(24)
    expect(new Set(reports.map((report) => report.kills[0]?.pid)).size).toBe(24)
    const bare = reports.filter((report) => report.missing.includes('header'))
    expect(bare.length).toBeGreaterThan(0)
    for (const report of bare) expect(report.constraint).toBe('memcg')
  })
})

describe('wordings', () => {
  const one = (...lines: string[]): OomReport | undefined =>
    reportsOf(readText(lines.join('\n')))[0]

  it('takes the child that died, not the task that was chosen', () => {
    const report = one(
      'Memory cgroup out of memory: Kill process 3861 (bash) score 88 or sacrifice child',
      'Killed process 3876 (dd) total-vm:8484kB, anon-rss:1052kB, file-rss:1720kB, shmem-rss:0kB',
    )
    expect(report?.kills).toMatchObject([
      { pid: 3876, name: 'dd', sacrificedFor: { pid: 3861, name: 'bash' }, badness: null },
    ])
  })

  it('makes one incident of a group kill, and another of the next', () => {
    const group = (pids: readonly number[], start: number): string[] => {
      const kill = (pid: number, i: number): string =>
        `[${(start + i / 1000).toFixed(6)}] Memory cgroup out of memory: Killed process ${pid} (w) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:28kB oom_score_adj:0`
      const [first = 0] = pids
      return [
        kill(first, 0),
        `[${(start + 0.0005).toFixed(6)}] Tasks in /pod/c are going to be killed due to memory.oom.group set`,
        ...pids.map((pid, i) => kill(pid, i + 1)),
      ]
    }
    const reports = reportsOf(
      readText([...group([11, 12, 13], 10), ...group([21, 22], 10.5)].join('\n')),
    )
    expect(reports.map((report) => report.kills.map((kill) => kill.pid))).toEqual([
      [11, 12, 13],
      [21, 22],
    ])
    for (const report of reports) expect(report.groupKill).toBe('/pod/c')
  })

  it('keeps two reports apart that two processors print at once', () => {
    const reports = reportsOf(
      readText(
        [
          '[   10.000001][  T11] one invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
          '[   10.000002][  T22] two invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=1, oom_score_adj=5',
          '[   10.000003][  T11] memory: usage 1024kB, limit 1024kB, failcnt 1',
          '[   10.000004][  T22] memory: usage 2048kB, limit 2048kB, failcnt 2',
          '[   10.000005][  T22] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/b,task_memcg=/b,task=two,pid=22,uid=0',
          '[   10.000006][  T11] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=one,pid=11,uid=0',
          '[   10.000007][  T11] Memory cgroup out of memory: Killed process 11 (one) total-vm:4kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:28kB oom_score_adj:0',
          '[   10.000008][  T22] Memory cgroup out of memory: Killed process 22 (two) total-vm:4kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:28kB oom_score_adj:5',
        ].join('\n'),
      ),
    )
    expect(reports).toMatchObject([
      { oomMemcg: '/a', memory: { limitBytes: MIB }, kills: [{ pid: 11 }] },
      { oomMemcg: '/b', memory: { limitBytes: 2 * MIB }, kills: [{ pid: 22 }] },
    ])
  })

  it('gives the victim of a kill line that is lost, and says so', () => {
    const report = one(
      '[    1.000000] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=hog,pid=42,uid=7',
    )
    expect(report?.kills).toMatchObject([{ pid: 42, name: 'hog', uid: 7, anonRssBytes: null }])
    expect(report?.missing).toContain('kill')
  })

  it('does not take a number for whole that the cut may have shortened', () => {
    const report = one(
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=hog,pid=10',
    )
    expect(report?.kills).toEqual([])
    expect(report?.oomMemcg).toBe('/a')
  })

  it('knows the group of a report that was copied from its statistics on', () => {
    const report = one(
      [
        'Memory cgroup stats for /docker/abc: cache:32KB rss:524188KB',
        'Memory cgroup out of memory: Kill process 10 (java) score 0 or sacrifice child',
        'Killed process 10 (java) total-vm:20255636kB, anon-rss:466160kB, file-rss:13684kB',
      ].join('\n'),
    )
    expect(report?.oomMemcg).toBe('/docker/abc')
    expect(report?.kills).toMatchObject([{ pid: 10, name: 'java' }])
  })

  it('reads rsyslog with RFC 3339 times, priorities and escaped newlines', () => {
    const prefix = '<4>2026-11-21T05:46:51.752379+01:00 node-1 kernel: [ 5058.752379] '
    const observations = readText(
      [
        `${prefix}tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`,
        `${prefix}Memory cgroup stats for /a:#012anon 4096#012file 8192`,
        `${prefix}Memory cgroup out of memory: Killed process 9 (tail) total-vm:4kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:28kB oom_score_adj:0`,
      ].join('\n'),
    )
    expect(observations[0]).toMatchObject({
      source: 'syslog',
      at: Date.parse('2026-11-21T04:46:51.752Z') + 0.379,
    })
    expect([...(reportsOf(observations)[0]?.stat ?? [])]).toEqual([
      ['anon', 4096],
      ['file', 8192],
    ])
  })

  it('puts a syslog time into the year before it was read, and leaves it open otherwise', () => {
    const line =
      'Dec 31 23:59:58 node-1 kernel: [   12.000000] Out of memory: Killed process 9 (tail) total-vm:4kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB'
    const readAt = Date.parse('2026-01-03T00:00:00Z')
    expect(readText(line, readAt)[0]?.at).toBe(Date.parse('2025-12-31T23:59:58Z'))
    const [open] = readText(line)
    expect(open?.at).toBeNull()
    expect(open?.fact).toMatchObject({ yearless: Date.parse('1972-12-31T23:59:58Z') })
  })

  it('does not believe a program that writes the kernel’s words into syslog', () => {
    const line =
      'Nov 21 05:46:51 node-1 app[77]: Out of memory: Killed process 9 (tail) total-vm:4kB'
    expect(reportsOf(readText(line))).toEqual([])
  })

  it('hears panics, faults and suppressed reports', () => {
    const facts = factsOf(
      readText(
        [
          '[    1.000000] Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled',
          '[    2.000000] java[4711]: segfault at 10 ip 00007f sp 00007f error 4 in libjvm.so[7f+1000]',
          '[    3.000000] traps: node[4712] trap invalid opcode ip:7f sp:7f error:0 in node[400000+1]',
          '[    4.000000] oom_kill_process: 19 callbacks suppressed',
        ].join('\n'),
      ),
    )
    expect(facts).toMatchObject([
      { kind: 'kernel-panic', outOfMemory: true },
      { kind: 'kernel-fault', pid: 4711, name: 'java' },
      { kind: 'kernel-fault', pid: 4712, name: 'node' },
      { kind: 'suppressed-reports', count: 19 },
      { kind: 'kernel-log-coverage' },
    ])
  })

  it('hears systemd-oomd once, oomd, and nohang with the victim it named before', () => {
    const at = 'Nov 21 05:46:51 node-1'
    const facts = factsOf(
      readText(
        [
          `${at} systemd-oomd[581]: Killed /user.slice/a.scope due to memory pressure for /user.slice being 86.80% > 50.00% for > 20s with reclaim activity`,
          `${at} systemd[1]: a.scope: systemd-oomd killed 19 process(es) in this unit.`,
          '[    9.000000] oomd kill: 81.28 80.05 42.78 workload.slice/b 1000 ruleset:[r] detectorgroup:[d] killer:k v2',
          `${at} nohang[88]:   PID:       4711, name: tail, state: R (running), EUID: 0`,
          `${at} nohang[88]:   Sending SIGKILL to the victim`,
        ].join('\n'),
      ),
    )
    expect(facts).toMatchObject([
      { killer: 'systemd-oomd', cgroup: '/user.slice/a.scope', signal: 'SIGKILL' },
      { killer: 'oomd', cgroup: 'workload.slice/b' },
      { killer: 'nohang', pid: 4711, name: 'tail', signal: 'SIGKILL' },
      { kind: 'kernel-log-coverage' },
    ])
  })
})

describe('coverage', () => {
  it('is told of a log in which nothing was killed, and of an empty one', () => {
    const ordinary = '[    5.000000] eth0: renamed from veth1\n[   65.500000] usb 1-1: reset\n'
    expect(coverageOf(readText(ordinary))).toMatchObject({
      lines: 2,
      firstBootSeconds: 5,
      lastBootSeconds: 65.5,
      truncated: false,
    })
    expect(factsOf(readText(''))).toHaveLength(1)
  })

  it('reaches to the last line also where the lines between were passed over', () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `[${i}.000000] eth0: link is up ${i}`)
    expect(coverageOf(readText(lines.join('\n')))).toMatchObject({
      lines: 50_000,
      firstBootSeconds: 0,
      lastBootSeconds: 49_999,
    })
  })

  it('knows from the first sequence number that older records were overwritten', () => {
    expect(coverageOf(readText('6,900,1000000,-;eth0: up\n'))?.truncated).toBe(true)
    expect(coverageOf(readText('6,0,0,-;Linux version 6.1\n'))?.truncated).toBe(false)
  })

  it('knows a log that begins inside a report', () => {
    const text = new TextDecoder().decode(fixture('own-limit.dmesg.txt'))
    const cut = text.slice(text.indexOf('\n', text.length / 2) + 1)
    const observations = readText(cut.slice(cut.indexOf('oom-kill:') - 16))
    expect(reportsOf(observations)[0]?.missing).toContain('header')
    expect(coverageOf(observations)?.truncated).toBe(true)
  })
})

describe('recognise', () => {
  it.each([
    ['{"a":1}', false],
    ['[{"Id":"x","State":{"OOMKilled":true}}]', false],
    ['apiVersion: v1\nkind: Pod\n', false],
    ['2026-01-01T00:00:00Z INFO started\nFATAL ERROR: heap out of memory\n', false],
    ['[    0.000000] Linux version 6.1.0\n[    0.100000] x\n', true],
    ['{"MESSAGE":"x","_TRANSPORT":"kernel"}\n', true],
    ['6,1,2,-;text\n', true],
  ])('%j: %s', (head, expected) => {
    expect(kernelLog.recognise(head, 'some-file')).toBe(expected)
  })

  const messages = (...speakers: string[]) =>
    speakers
      .map((speaker, at) => `Nov 21 09:00:0${at} node-7 ${speaker}: nothing of interest\n`)
      .join('')

  it('takes the log of a whole machine for one, whatever stands in its head, and not that of one program', () => {
    expect(kernelLog.recognise(messages('sshd[1]', 'CRON[2]', 'systemd[1]'), 'x')).toBe(true)
    expect(kernelLog.recognise(messages('app[7]', 'app[7]', 'systemd[1]'), 'x')).toBe(false)
  })

  it('takes an empty file for a log by its name', () => {
    expect(kernelLog.recognise('\n', '/tmp/dmesg.txt')).toBe(true)
    expect(kernelLog.recognise('\n', '/tmp/notes.txt')).toBe(false)
  })
})
