import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { Fact } from '../../model/facts.ts'
import { MAX_REPORTS } from './open-reports.ts'
import { kernelLog } from './index.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/kernel-log/', import.meta.url))
const encoder = new TextEncoder()

function read(chunks: Iterable<Uint8Array>): Observation[] {
  const reader = kernelLog.open({ from: 'log', readAt: null, source: null })
  for (const chunk of chunks) reader.push(chunk)
  return reader.finish()
}

function* repeated(chunk: Uint8Array, times: number): Generator<Uint8Array> {
  for (let i = 0; i < times; i++) yield chunk
}

function kindsOf(observations: readonly Observation[]): string[] {
  return observations.map(({ fact }) => fact.kind)
}

function factsOf(lines: readonly string[]): Fact[] {
  return read([encoder.encode(`${lines.join('\n')}\n`)]).map(({ fact }) => fact)
}

const REPORT = readFileSync(`${FIXTURES}own-limit.dmesg.txt`)

describe('what no kernel wrote', () => {
  it.each(['|'.repeat(60), '>'.repeat(20_000), ' >|'.repeat(5_000)])(
    'is passed in no time where a line begins with the marks of many quotes: %#',
    (marks) => {
      const before = performance.now()
      const observations = read([encoder.encode(`${marks}7e96e8fb-73d7.\n`), REPORT])
      expect(kindsOf(observations)).toEqual(['kernel-oom', 'kernel-log-coverage'])
      expect(performance.now() - before).toBeLessThan(5_000)
    },
  )

  it.each([
    ['rss', ['rssBytes']],
    ['rss rss_anon rss_file rss_shmem', ['anonRssBytes', 'fileRssBytes', 'shmemRssBytes']],
    ['swapents', ['swapBytes']],
    ['pgtables_bytes', ['pageTableBytes']],
    ['nr_ptes nr_pmds', ['pageTableBytes']],
  ])('holds no size below nothing: %s of a task', (columns, fields) => {
    const names = columns.split(' ')
    const [report] = factsOf([
      `[ pid ] uid tgid total_vm ${columns} name`,
      `[7] 0 7 10 ${names.map(() => '-1').join(' ')} x`,
      'Out of memory: Killed process 7 (x) total-vm:40kB, anon-rss:1kB',
    ])
    const [task] = report?.kind === 'kernel-oom' ? report.processes : []
    expect(task).toMatchObject({ pid: 7, totalVmBytes: 40_960 })
    for (const field of fields) expect(task).toHaveProperty(field, null)
  })

  it.each(['[7.e35597]', `[${'9'.repeat(400)}.123456]`, '[1.2345e99]'])(
    'takes no time since boot that no clock of a kernel tells: %.12s…',
    (stamp) => {
      const [coverage] = factsOf([`${stamp} eth0: link up`])
      expect(coverage).toMatchObject({ firstBootSeconds: null, lastBootSeconds: null })
    },
  )

  it('takes no size of a page from a task of less than nothing', () => {
    const [report] = factsOf([
      '[ pid ] uid tgid total_vm rss name',
      '[7] 0 7 -10 5 x',
      'Out of memory: Killed process 7 (x) total-vm:40kB, anon-rss:1kB',
    ])
    expect(report).toMatchObject({
      pageSizeBytes: null,
      processes: [{ totalVmBytes: null, rssBytes: null }],
    })
  })

  it('holds no machine of less than nothing, of which more is reserved than it has', () => {
    const [report] = factsOf([
      'x invoked oom-killer: gfp_mask=0x0, order=0, oom_score_adj=0',
      'Free swap  = 8kB',
      '2 pages RAM',
      '5 pages reserved',
      '[ pid ] uid tgid total_vm rss oom_score_adj name',
      '[7] 0 7 10 5 0 x',
      'Out of memory: Killed process 7 (x) total-vm:40kB, anon-rss:1kB',
    ])
    expect(report).toMatchObject({
      pageSizeBytes: 4096,
      host: { totalRamBytes: null, freeSwapBytes: 8192 },
      kills: [{ badness: null }],
    })
  })

  it('finds the report behind a line of 100 MiB, in little memory', () => {
    const before = process.memoryUsage()
    const line = new Uint8Array(MIB).fill(0x78)
    const observations = read([...repeated(line, 100), encoder.encode('\n'), REPORT])
    const after = process.memoryUsage()
    expect(kindsOf(observations)).toEqual(['kernel-oom', 'kernel-log-coverage'])
    expect(observations[0]?.from).toBe('log:2')
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(
      40 * MIB,
    )
  })

  it('keeps to its memory in 100 MiB of one JSON record, and of one journal field', () => {
    const rest = encoder.encode('x'.repeat(MIB))
    for (const start of ['{"msg":"', '__CURSOR=a\n__REALTIME_TIMESTAMP=1\nMESSAGE=']) {
      const before = process.memoryUsage().heapUsed
      expect(kindsOf(read([encoder.encode(start), ...repeated(rest, 30)]))).toContain(
        'kernel-log-coverage',
      )
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(60 * MIB)
    }
  })

  it('believes no length in the journal’s binary fields', () => {
    const head = encoder.encode('__CURSOR=a\n__REALTIME_TIMESTAMP=1\nMESSAGE\n')
    const length = new Uint8Array(8).fill(0xff)
    expect(kindsOf(read([head, length, REPORT]))).toEqual(['kernel-log-coverage'])
  })

  it('reads on after zeros and after bytes of no encoding', () => {
    const zeros = new Uint8Array(5000)
    const latin1 = Uint8Array.from([0xe9, 0xff, 0xfe, 0x0a])
    expect(kindsOf(read([encoder.encode('x\n'), zeros, latin1, REPORT]))).toEqual([
      'kernel-oom',
      'kernel-log-coverage',
    ])
  })

  it('reads names in Latin-1 with replacement characters, and everything else of their report', () => {
    const line = encoder.encode('Out of memory: Killed process 9 (caf_) total-vm:4kB, anon-rss:0kB')
    line[line.indexOf(0x5f)] = 0xe9
    expect(read([line])[0]?.fact).toMatchObject({ kills: [{ pid: 9, name: 'caf\uFFFD' }] })
  })

  it('gives up a report whose kill never comes, and finds the next', () => {
    const header = encoder.encode('a invoked oom-killer: gfp_mask=0x0, order=0, oom_score_adj=0\n')
    const filler = encoder.encode('eth0: link is up\n'.repeat(1000))
    const observations = read([header, ...repeated(filler, 40), REPORT])
    expect(kindsOf(observations)).toEqual(['kernel-oom', 'kernel-oom', 'kernel-log-coverage'])
  })

  it('keeps a bounded number of reports, and says that there were more', () => {
    const kill = (pid: number): string => `Out of memory: Killed process ${pid} (x) total-vm:4kB\n`
    const lines = Array.from({ length: MAX_REPORTS + 500 }, (_, pid) => kill(pid + 1))
    const observations = read([encoder.encode(lines.join(''))])
    expect(observations).toHaveLength(MAX_REPORTS + 1)
    expect(observations.at(-1)?.fact).toMatchObject({ truncated: true, lines: lines.length })
  })

  it('keeps a bounded number of tasks', () => {
    const header =
      'a invoked oom-killer: gfp_mask=0x0, order=0, oom_score_adj=0\n[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n'
    const row = '[   42]     0    42      100       10       3        0             0 x\n'
    const [report] = read([
      encoder.encode(header),
      ...repeated(encoder.encode(row.repeat(1000)), 60),
    ])
    const processes = report?.fact.kind === 'kernel-oom' ? report.fact.processes.length : 0
    expect(processes).toBeGreaterThan(1000)
    expect(processes).toBeLessThanOrEqual(20_000)
  })
})
