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
