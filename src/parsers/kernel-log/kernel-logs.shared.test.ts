import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { OomReport } from '../../model/kernel.ts'
import { KIB } from '../../model/bytes.ts'
import { kernelLog } from './index.ts'

/** Logs recorded on kernels 2.6 to 7.x that are too many to be copied here: they lie beside the checkout, or nowhere. */
const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url))
const LOGS = join(SHARED, 'kernel-logs')
const INCIDENTS = join(SHARED, 'incidents')
const isHere = existsSync(LOGS)
if (!isHere) console.log(`skipped: ${LOGS} is not there`)

const count = z.union([z.number(), z.null()])
const kib = z.pipe(
  z.union([z.number(), z.string(), z.null()]),
  z.transform((value) => (value === null ? null : Number(value))),
)
const Facts = z.object({
  constraints: z.array(
    z.object({
      constraint: z.string(),
      oom_memcg: z.nullable(z.string()),
      global_oom: z.boolean(),
      task_memcg: z.nullable(z.string()),
      pid: z.optional(count),
    }),
  ),
  kills: z.array(
    z.object({
      pid: z.number(),
      comm: z.string(),
      total_vm_kb: kib,
      anon_rss_kb: kib,
      file_rss_kb: kib,
      shmem_rss_kb: kib,
      uid: kib,
      pgtables_kb: kib,
      oom_score_adj: kib,
    }),
  ),
  triggers: z.array(
    z.object({
      comm: z.string(),
      gfp: z.string(),
      order: z.optional(count),
      adj: z.optional(count),
    }),
  ),
  usage_limit_kb: z.array(
    z.union([
      z.object({ usage: z.number(), limit: z.number(), failcnt: z.number() }),
      z.tuple([z.string(), z.string()]),
    ]),
  ),
  suppressed: z.optional(z.array(z.string())),
  group_kill: z.optional(z.boolean()),
  no_killable: z.optional(z.number()),
  kernel: z.string(),
})

function read(path: string): ReturnType<ReturnType<typeof kernelLog.open>['finish']> {
  const reader = kernelLog.open({ from: basename(path), readAt: null, source: null })
  reader.push(readFileSync(path))
  return reader.finish()
}

function reportsOf(path: string): OomReport[] {
  return read(path).flatMap(({ fact }) => (fact.kind === 'kernel-oom' ? [fact] : []))
}

function factsOf(path: string): z.infer<typeof Facts> {
  return z.parse(Facts, JSON.parse(readFileSync(path, 'utf8')))
}

function logsIn(folder: string, suffix: string): string[] {
  return isHere
    ? readdirSync(join(LOGS, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(suffix))
        .map((name) => join(LOGS, folder, name))
        .toSorted()
    : []
}

/** Kill lines as the facts list them: the first victim of a group stands there twice. */
function distinct<T extends { pid: number }>(kills: readonly T[]): T[] {
  return [...new Map(kills.map((kill) => [kill.pid, kill])).values()]
}

const inBytes = (value: number | null): number | null => (value === null ? null : value * KIB)

describe.skipIf(!isHere)('logs of designed runs', () => {
  for (const path of logsIn('lab', '.dmesg.txt')) {
    it(path.slice(LOGS.length + 1), () => {
      const facts = factsOf(path.replace('.dmesg.txt', '.facts.json'))
      const observations = read(path)
      const reports = reportsOf(path)
      const kills = reports.flatMap((report) => report.kills)
      expect(kills).toMatchObject(
        distinct(facts.kills).map((kill) => ({
          pid: kill.pid,
          name: kill.comm,
          totalVmBytes: inBytes(kill.total_vm_kb),
          anonRssBytes: inBytes(kill.anon_rss_kb),
          fileRssBytes: inBytes(kill.file_rss_kb),
          shmemRssBytes: inBytes(kill.shmem_rss_kb),
          uid: kill.uid,
          pageTableBytes: inBytes(kill.pgtables_kb),
          oomScoreAdj: kill.oom_score_adj,
        })),
      )
      const summaries = reports.filter((report) => report.constraintWord !== null)
      expect(summaries).toMatchObject(
        facts.constraints.map((line) => ({
          constraintWord: line.constraint,
          oomMemcg: line.oom_memcg,
          globalOom: line.global_oom,
          taskMemcg: line.task_memcg,
        })),
      )
      const headers = reports.flatMap((report) => (report.trigger === null ? [] : [report.trigger]))
      expect(headers).toMatchObject(
        facts.triggers.map((trigger) => ({
          name: trigger.comm.replace(/^\[ *[\d.]+\] /, ''),
          gfpMask: trigger.gfp,
          order: trigger.order,
          oomScoreAdj: trigger.adj,
        })),
      )
      for (const header of headers) expect(header.pid).not.toBeNull()
      const counters = reports.flatMap((report) => (report.memory === null ? [] : [report.memory]))
      expect(counters).toMatchObject(
        facts.usage_limit_kb.map((line) => ({
          usageBytes: inBytes('usage' in line ? line.usage : null),
          limitBytes: inBytes('usage' in line ? line.limit : null),
          failcnt: 'usage' in line ? line.failcnt : null,
        })),
      )
      expect(reports.some((report) => report.groupKill !== null)).toBe(facts.group_kill)
      expect(observations.filter(({ fact }) => fact.kind === 'suppressed-reports')).toHaveLength(
        facts.suppressed?.length ?? 0,
      )
      expect(observations.filter(({ fact }) => fact.kind === 'kernel-log-coverage')).toHaveLength(1)
      const version = reports.find((report) => report.kernelVersion !== null)?.kernelVersion
      if (facts.triggers.length > 0) expect(version).toBe(facts.kernel)
      const pages = facts.kernel.endsWith('16k') ? 16 * KIB : 4 * KIB
      for (const report of reports) {
        if (report.pageSizeBytes !== null) expect(report.pageSizeBytes).toBe(pages)
        if (report.processes.length > 0) expect(report.pageSizeBytes).toBe(pages)
      }
    })
  }

  it('keeps a storm whose headers were rate-limited apart', () => {
    for (const path of logsIn('lab', 'v1-storm-ratelimited.dmesg.txt')) {
      const reports = reportsOf(path)
      expect(reports).toHaveLength(40)
      for (const report of reports) expect(report.kills).toHaveLength(1)
    }
  })

  it('counts a group kill as one incident with its victims', () => {
    for (const path of logsIn('lab', 'v2-oom-group.dmesg.txt')) {
      const reports = reportsOf(path)
      expect(reports).toHaveLength(1)
      expect(reports[0]?.kills).toHaveLength(4)
    }
  })
})

/** What `dmesg -T`, the decoded ISO form and the JSON form cannot tell is left out of the comparison. */
function timeless(report: OomReport): unknown {
  const { bootSeconds: _, ...rest } = report
  return { ...rest, stat: [...report.stat] }
}

describe.skipIf(!existsSync(INCIDENTS))('renderings of one log', () => {
  const folders = existsSync(INCIDENTS)
    ? readdirSync(INCIDENTS).filter((name) => existsSync(join(INCIDENTS, name, 'kernel.log')))
    : []

  it.each(folders)('%s: all say the same', (folder) => {
    const plain = reportsOf(join(INCIDENTS, folder, 'kernel.log'))
    for (const name of ['kernel-T.log', 'kernel-iso-decoded.log', 'kernel.json']) {
      const path = join(INCIDENTS, folder, name)
      expect(reportsOf(path).map(timeless), name).toEqual(plain.map(timeless))
      expect(kernelLog.recognise(readFileSync(path, 'utf8').slice(0, 65_536), 'x'), name).toBe(true)
    }
    const fromJson = reportsOf(join(INCIDENTS, folder, 'kernel.json'))
    expect(fromJson.map((report) => report.bootSeconds)).toEqual(
      plain.map((report) => report.bootSeconds),
    )
  })
})

/**
 * Where the log says something else than the facts, which were taken out of it by a program: what the log says, by eye. A name
 * stands before its PID.
 */
interface Deviation {
  why: string
  /** Null: as the facts have it, apart from `also`. */
  kills: readonly string[] | null
  also?: { at: number; kill: string }
}

const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  '20-5.8.2-0.g71b519a-default.txt': {
    why: 'four victims are told of by the oom_reaper alone; their kill lines were left out of the mail',
    kills: [
      'containerd 4100',
      'docker 8248',
      'node_exporter 2054',
      'systemd-journal 1452',
      'munin-node 2146',
      'runc:[2:INIT] 8291',
    ],
  },
  '34-6.8.0-rc6+.txt': {
    why: 'the kill lines are missing or broken off, the oom-kill lines name the victims',
    kills: ['dd 6911', 'test.sh 7215'],
  },
  '39-?.txt': {
    why: 'the kill line breaks off after the PID; the task table has the name',
    kills: ['alloc_anon 116849'],
  },
  '44-?.txt': {
    why: 'the second victim stands in a line broken before its name, which the program missed',
    kills: null,
    also: { at: 1, kill: 'kbench 2025' },
  },
  '49-?.txt': { why: 'the name has brackets of its own', kills: ['(sd-pam) 4503'] },
}

describe.skipIf(!isHere)('logs from mails', () => {
  it.each(logsIn('mail', '.txt'))('%s', (path) => {
    const facts = factsOf(path.replace(/\.txt$/, '.facts.json'))
    const kills = reportsOf(path).flatMap((report) => report.kills)
    const deviation = DEVIATIONS[basename(path)]
    const lines = distinctLines(facts.kills).map((kill) => `${kill.comm} ${kill.pid}`)
    const { at, kill: missed } = deviation?.also ?? { at: 0, kill: null }
    const expected = deviation?.kills ?? (missed === null ? lines : lines.toSpliced(at, 0, missed))
    expect(kills.map((kill) => `${kill.name} ${kill.pid}`)).toEqual(expected)
    if (deviation !== undefined) return
    for (const [index, kill] of distinctLines(facts.kills).entries()) {
      const told = {
        totalVmBytes: inBytes(kill.total_vm_kb),
        anonRssBytes: inBytes(kill.anon_rss_kb),
        fileRssBytes: inBytes(kill.file_rss_kb),
        shmemRssBytes: inBytes(kill.shmem_rss_kb),
        uid: kill.uid,
        pageTableBytes: inBytes(kill.pgtables_kb),
        oomScoreAdj: kill.oom_score_adj,
      }
      // The program did not join wrapped lines: what it has not is no evidence.
      const known = Object.entries(told).filter(([, value]) => value !== null)
      expect(kills[index]).toMatchObject(Object.fromEntries(known))
    }
  })

  it('reads wrapped kill lines to their end', () => {
    const [victim] = reportsOf(join(LOGS, 'mail/15-5.7.0-rc6-next-20200518.txt'))
    expect(victim?.kills[0]).toMatchObject({
      totalVmBytes: 72_804 * KIB,
      shmemRssBytes: 0,
      uid: 998,
      pageTableBytes: 80 * KIB,
      oomScoreAdj: 0,
      reaped: true,
    })
  })

  it('joins paths that were broken inside a word', () => {
    const [report] = reportsOf(join(LOGS, 'mail/31-6.18.0+.txt'))
    expect(report).toMatchObject({ oomMemcg: '/test512mb', taskMemcg: '/test512mb' })
    expect(report?.kills[0]).toMatchObject({ fileRssBytes: 536 * KIB, pageTableBytes: 1072 * KIB })
  })

  it('reads tables in pages of 64 KiB', () => {
    const [report] = reportsOf(join(LOGS, 'mail/26-6.12.0-211.el10.ppc64le.txt'))
    expect(report?.pageSizeBytes).toBe(64 * KIB)
    expect(report?.kills[0]?.swapBytes).toBe(96 * 64 * KIB)
  })

  it('knows a policy kill from an unknown constraint', () => {
    const [report] = reportsOf(join(LOGS, 'mail/28-6.16.0-00015-gf09eb0d6badc.txt'))
    expect(report).toMatchObject({ constraint: 'bpf', constraintWord: 'CONSTRAINT_BPF_PSI_MEM' })
    expect(report?.trigger?.name).toBe('kworker/u17:0')
  })

  it('tells the two panics of a deadlock and of panic_on_oom', () => {
    for (const name of ['06-5.15.0-rc4+.txt', '19-5.8.0-rc4-next-20200710.txt']) {
      const panics = read(join(LOGS, 'mail', name)).flatMap(({ fact }) =>
        fact.kind === 'kernel-panic' ? [fact] : [],
      )
      expect(panics.length).toBeGreaterThan(0)
      for (const panic of panics) expect(panic.outOfMemory).toBe(true)
    }
  })
})

/** A mail may hold the same lines twice, and one PID in several experiments. */
function distinctLines<T extends { pid: number; anon_rss_kb: number | null }>(
  kills: readonly T[],
): T[] {
  const keyOf = (kill: T): string => `${kill.pid} ${kill.anon_rss_kb}`
  return [...new Map(kills.map((kill) => [keyOf(kill), kill])).values()]
}

describe.skipIf(!isHere)('published samples of other tools, by eye', () => {
  const one = (name: string): OomReport | undefined => reportsOf(join(LOGS, name))[0]

  it('3.13: score as printed, root bonus and swap included', () => {
    const report = one('github/cadvisor-3.13-memcg-v1-memorymonster.txt')
    expect(report).toMatchObject({ constraint: 'memcg', oomMemcg: '/mem2', cpuset: '/' })
    expect(report?.memorySwap?.limitBytes).toBeNull()
    expect(report?.kills[0]).toMatchObject({ badness: 996, swapBytes: 8_324_326 * 4 * KIB })
  })

  it('3.10: the machine, with swap', () => {
    const report = one('github/oomanalyser-3.10-el7-global-swap.txt')
    expect(report).toMatchObject({ constraint: 'none', oomMemcg: null })
    expect(report?.host).toMatchObject({
      totalRamBytes: (8_379_834 - 192_987) * 4 * KIB,
      totalSwapBytes: 8_388_604 * KIB,
      freeSwapBytes: 0,
    })
    expect(report?.kills[0]).toMatchObject({ pid: 6576, badness: 651, score: 651 })
    const mysqld = report?.processes.find((process) => process.pid === 6576)
    expect(mysqld?.badness).toBe(651)
  })

  it('5.13: called by hand', () => {
    expect(one('github/oomanalyser-5.13-global-noswap-sysrq.txt')).toMatchObject({ manual: true })
  })

  it('5.15: a container inside a container, found by its indented statistics', () => {
    const report = one('github/oomanalyser-5.15-memcg-v2-proxmox-lxc-docker.txt')
    expect(report?.oomMemcg).toBe('/lxc/39004')
    expect(report?.stat.get('anon')).toBe(31_154_200_576)
    expect(report?.processes).toHaveLength(73)
  })

  it('3.13 syslog, cut off before the kill line: the chosen task stands for the victim', () => {
    const report = one('github/zlbruce-3.13-global-mysqld-syslog.txt')
    expect(report?.missing).toEqual(['kill'])
    expect(report?.kills).toMatchObject([{ pid: 30_705, name: 'mysqld', score: 43 }])
  })

  it('4.16: the child died for the task that was chosen', () => {
    const report = one('handcopied/4.16-memcg-v1-dirty-cache-sacrifice-child.txt')
    expect(report?.kills).toMatchObject([
      { pid: 3876, name: 'dd', sacrificedFor: { pid: 3861, name: 'bash' }, reaped: true },
    ])
    expect(report?.stat.get('dirty')).toBe(49_500 * KIB)
  })

  it('2.6.31 to 2.6.35: the oldest wordings', () => {
    expect(one('handcopied/2.6.31.3-global-i386-slapd-lowmem.txt')).toMatchObject({
      kernelVersion: '2.6.31.3',
      trigger: { name: 'Xorg', pid: 6696, gfpMask: '0xd0', order: 0, oomScoreAdj: null },
      kills: [{ pid: 23_372, name: 'slapd', score: 4718 }],
      missing: ['tasks'],
    })
    expect(one('handcopied/2.6.32-el6-memcg-lxc-java-uid-format.txt')).toMatchObject({
      oomMemcg: '/LXC011175068174',
      kills: [{ pid: 215_701, name: 'java', uid: 679, anonRssBytes: 7_152_432 * KIB }],
    })
    expect(one('handcopied/2.6.35-maverick-global-vsz-format.txt')?.kills).toMatchObject([
      { pid: 16_397, name: 'knotify4', totalVmBytes: 900_552 * KIB, fileRssBytes: 48 * KIB },
    ])
  })

  it('nobody to kill, again and again', () => {
    const reports = reportsOf(join(LOGS, 'handcopied/5.0-rc1-next-memcg-v1-no-killable-race.txt'))
    expect(reports.map((report) => report.noKillable)).toEqual([false, true, true, true])
    expect(reports[0]).toMatchObject({ constraint: 'memcg', constraintWord: 'CONSTRAINT_NONE' })
  })

  it('user-space killers', () => {
    const killOf = (name: string): unknown =>
      read(join(LOGS, 'handcopied', name)).find(({ fact }) => fact.kind === 'userspace-kill')?.fact
    expect(killOf('earlyoom-1.x-sending.txt')).toMatchObject({
      killer: 'earlyoom',
      pid: 7378,
      name: 'tail',
      signal: 'SIGTERM',
      rssBytes: 4962 * 1024 * KIB,
    })
    expect(killOf('systemd-oomd-v248-fedora-podman-scope.txt')).toMatchObject({
      killer: 'systemd-oomd',
      cgroup: null,
    })
    // That copy has the candidates, and not the kill.
    expect(killOf('systemd-oomd-v255-considered-killed.txt')).toBeUndefined()
  })
})
