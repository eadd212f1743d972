import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import type { Observation } from '../../model/evidence.ts'
import type { OomReport } from '../../model/kernel.ts'
import { formatFor } from '../recognise.ts'
import { kernelLog } from './index.ts'

/** A recorded kill, as `dmesg` prints it, and when it would have been. */
const RECORDED = readFileSync(
  new URL('../../../fixtures/kernel-log/own-limit.dmesg.txt', import.meta.url),
  'utf8',
)
const BOOTED = Date.UTC(2026, 10, 20)

interface Printed {
  /** With the time since boot. */
  line: string
  words: string
  iso: string
  ms: number
}

const LINES: readonly Printed[] = RECORDED.trimEnd()
  .split('\n')
  .map((line) => {
    const [, seconds = '', words = ''] = /^\[ *([\d.]+)\] ([^]*)$/.exec(line) ?? []
    const ms = Math.floor(BOOTED + Number(seconds) * 1_000)
    return { line, words, iso: new Date(ms).toISOString(), ms }
  })

function csv(...columns: readonly string[]): string {
  return columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(',')
}

const NESTED = { host: { name: 'n1', os: { kernel: '6.18' } }, log: { offset: 7 } }

/** Nothing of this could be recorded here: the forms are those of the tools' sources and pages. */
const FORMS: readonly [form: string, ship: (printed: Printed) => string][] = [
  ['talosctl dmesg', ({ iso, words }) => `kern:    info: [${iso}]: ${words}`],
  ['… of several nodes', ({ iso, words }) => `10.5.0.3: kern: warning: [${iso}]: ${words}`],
  ['… with IPv6', ({ iso, words }) => `fd00:5::3: kern:     err: [${iso}]: ${words}`],
  ['docker compose logs', ({ line }) => `syslog-1  | ${line}`],
  ['stern', ({ line }) => `node-logger-x7k2p tail ${line}`],
  ['aws logs tail', ({ iso, line }) => `${iso} node-1/kern.log ${line}`],
  ['CloudWatch', ({ ms, line }) => `${ms} ${line}`],
  ['Loki as text', ({ ms, iso, words }) => `${ms}000000\t${iso}\t${words}`],
  ['CSV', ({ iso, words }) => csv(iso, words)],
  ['CSV with a host', ({ iso, line }) => csv(iso, 'node-1', 'kernel', line)],
  ['CSV of Kibana', ({ words }) => csv('Nov 20, 2026 @ 01:02:03.456', words)],
  ['JSON of Vector', ({ iso, words }) => JSON.stringify({ message: words, timestamp: iso })],
  [
    'JSON of Filebeat',
    ({ iso, line }) => JSON.stringify({ '@timestamp': iso, message: line, ...NESTED }),
  ],
  [
    'JSON of Cloud Logging',
    ({ iso, line }) =>
      JSON.stringify({ resource: { labels: { a: 'b' } }, textPayload: line, timestamp: iso }),
  ],
]

function read(text: string): { kills: Observation[]; reports: OomReport[] } {
  const reader = kernelLog.open({ from: 'a', readAt: null, source: null })
  reader.push(new TextEncoder().encode(text))
  const kills = reader.finish().filter(({ fact }) => fact.kind === 'kernel-oom')
  const reports = kills.map(({ fact }) => fact).filter((fact) => fact.kind === 'kernel-oom')
  return { kills, reports }
}

function withoutClock({ bootSeconds: _, yearless: __, ...rest }: OomReport): unknown {
  return rest
}

describe('a kernel log that came through other hands', () => {
  const [recorded] = read(RECORDED).reports
  if (recorded === undefined) expect.fail('no report was read')

  it.each(FORMS)('tells the same kill: %s', (_form, ship) => {
    const text = LINES.map(ship).join('\n')
    expect(formatFor(text, 'export')).toBe(kernelLog)
    expect(read(text).reports.map(withoutClock)).toEqual([withoutClock(recorded)])
  })

  const timed = FORMS.filter(([, ship]) => /2026-|\d{13}/.test(ship(LINES[0] ?? expect.fail())))
  it.each(timed)('tells when it was: %s', (_form, ship) => {
    const { kills } = read(LINES.map(ship).join('\n'))
    expect(Math.abs((kills[0]?.at ?? 0) - (LINES[0]?.ms ?? 0))).toBeLessThan(1)
  })
})

test('one line of a kill is known by its words, whatever stands before it', () => {
  const kill = LINES.find(({ words }) => words.startsWith('oom-kill:constraint='))
  const { reports } = read(`node-1 said at noon: ${kill?.words}`)
  expect(reports).toMatchObject([{ constraint: 'memcg' }])
})

test('what a program writes into its own log is no kill, though it quotes the kernel', () => {
  const kill = 'Memory cgroup out of memory: Killed process 9 (tail) total-vm:4kB'
  for (const line of [
    `Nov 21 05:46:51 node-1 app[77]: saw [   12.345678] ${kill}`,
    `2026-11-21T05:46:51Z node-1 app[77]: saw ${kill}`,
    JSON.stringify({ log: `[   12.345678] ${kill}\n`, stream: 'stderr', time: '2026-11-21' }),
    JSON.stringify({ level: 30, time: 1, pid: 7, message: `saw ${kill}` }),
  ])
    expect(formatFor(line, 'app.log') === kernelLog ? read(line).reports : [], line).toEqual([])
})
