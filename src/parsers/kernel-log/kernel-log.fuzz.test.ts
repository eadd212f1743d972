import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fact } from '../../model/facts.ts'
import { EXCERPT_CHARS } from '../../model/evidence.ts'
import { damaged } from '../../../test/support/damage.ts'
import { kernelLog } from './index.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/kernel-log/', import.meta.url))
/** STELLA_FUZZ_RUNS raises the number of damaged logs over all properties. */
const RUNS = Number(process.env['STELLA_FUZZ_RUNS'] ?? 2000)

const SEEDS = [
  'own-limit.dmesg.txt',
  'own-limit.dmesg-T.txt',
  'own-limit.dmesg-iso-x.txt',
  'own-limit.dmesg.json',
  'own-limit.kmsg.txt',
  'own-limit.journal-short-precise.txt',
  'own-limit.journal.export',
  'newline-name.dmesg.txt',
  'ancestor-limit.dmesg.txt',
].map((name) => readFileSync(`${FIXTURES}${name}`, 'utf8'))

const LEGACY = [
  '[  10.000001] tail invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0',
  '[  10.000002] tail cpuset=/ mems_allowed=0',
  '[  10.000003] CPU: 5 PID: 13536 Comm: tail Not tainted 3.13.0-43-generic #72-Ubuntu',
  '[  10.000004] Task in /a/b killed as a result of limit of /a',
  '[  10.000005] memory: usage 980kB, limit 980kB, failcnt 4152',
  '[  10.000006] memory+swap: usage 0kB, limit 18014398509481983kB, failcnt 0',
  '[  10.000007] Memory cgroup stats for /a: cache:0KB rss:920KB mapped_file:0KB',
  '[  10.000008] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
  '[  10.000009] [13536]  2758 13536   838966      343   16267  8324326             0 tail',
  '[  10.000010] Memory cgroup out of memory: Kill process 13536 (tail) score 996 or sacrifice child',
  '[  10.000011] Killed process 13540 (kid) total-vm:3355864kB, anon-rss:920kB, file-rss:452kB',
  '[  10.000012] Tasks in /a are going to be killed due to memory.oom.group set',
  '[  10.000013] oom_reaper: reaped process 13540 (kid), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
  '[  10.000014] Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled',
  '[  10.000015] java[4711]: segfault at 10 ip 00007f sp 00007f error 4 in libjvm.so[7f+1000]',
  '[  10.000016] systemd-oomd[581]: Killed /x/a.scope due to memory pressure for /x being 86.80% > 50.00% for > 20s',
].join('\n')

function read(text: string, pieces: number): Fact[] {
  const reader = kernelLog.open({ from: 'log', readAt: null, source: null })
  const bytes = new TextEncoder().encode(text)
  const size = Math.max(1, Math.ceil(bytes.length / pieces))
  for (let p = 0; p < bytes.length; p += size) reader.push(bytes.subarray(p, p + size))
  const observations = reader.finish()
  for (const { excerpt } of observations) expect(excerpt.length).toBeLessThanOrEqual(EXCERPT_CHARS)
  return observations.map(({ fact }) => fact)
}

/** The text as it is, without escapes, and with what wrapping and quoting took apart put together. */
function sourcesOf(text: string): string {
  return [text, unescaped(text)]
    .flatMap((form) => {
      const plain = form.replaceAll('\r', '')
      const joinedBy = (gap: string): string => plain.replaceAll(/\n[ \t>|]*/g, gap)
      return [form, plain, joinedBy(''), joinedBy(' '), joinedBy('\n')]
    })
    .join('\n')
}

const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** Escapes of JSON and of /dev/kmsg. */
function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([^]))/gi,
    (_, unit, byte, char: string) =>
      char === undefined
        ? String.fromCharCode(Number.parseInt(unit ?? byte, 16))
        : (SHORT[char] ?? char),
  )
}

function expectFromText(facts: readonly Fact[], text: string): void {
  const source = sourcesOf(text)
  const words = (value: string | null): void => {
    if (value !== null && !source.includes(value)) throw new Error(`invented: ${value}`)
  }
  const numbers = (value: number | null, unit = 1): void => {
    words(value === null ? null : String(value / unit))
  }
  for (const fact of facts) {
    if (fact.kind === 'kernel-oom') {
      words(fact.oomMemcg)
      words(fact.taskMemcg)
      words(fact.cpuset)
      words(fact.groupKill)
      words(fact.constraintWord)
      words(fact.kernelVersion)
      words(fact.trigger?.name ?? null)
      words(fact.trigger?.gfpMask ?? null)
      numbers(fact.trigger?.pid ?? null)
      numbers(fact.trigger?.order ?? null)
      numbers(fact.memory?.usageBytes ?? null, 1024)
      numbers(fact.memory?.limitBytes ?? null, 1024)
      numbers(fact.memory?.failcnt ?? null)
      for (const kill of fact.kills) {
        numbers(kill.pid)
        words(kill.name)
        numbers(kill.uid)
        numbers(kill.score)
        numbers(kill.oomScoreAdj)
        if (fact.processes.some((process) => process.pid === kill.pid)) continue
        numbers(kill.totalVmBytes, 1024)
        numbers(kill.anonRssBytes, 1024)
        numbers(kill.fileRssBytes, 1024)
        numbers(kill.shmemRssBytes, 1024)
      }
      for (const process of fact.processes.slice(0, 50)) {
        numbers(process.pid)
        words(process.name)
        numbers(process.uid)
      }
      for (const key of fact.stat.keys()) words(key)
    }
    if (fact.kind === 'kernel-fault') {
      numbers(fact.pid)
      words(fact.name)
    }
    if (fact.kind === 'userspace-kill') {
      words(fact.cgroup)
      numbers(fact.pid)
    }
    if (fact.kind === 'suppressed-reports') numbers(fact.count)
  }
}

const LOGS = damaged([...SEEDS, LEGACY])

describe('damaged logs', () => {
  it('never throw, always tell their coverage once, and yield nothing that is not in them', () => {
    fc.assert(
      fc.property(LOGS, fc.integer({ min: 1, max: 5 }), (text, pieces) => {
        const facts = read(text, pieces)
        expect(facts.filter((fact) => fact.kind === 'kernel-log-coverage')).toHaveLength(1)
        expectFromText(facts, text)
      }),
      { numRuns: Math.ceil(RUNS * 0.8) },
    )
  }, 3_600_000)

  it('say the same in one piece and in many', () => {
    fc.assert(
      fc.property(LOGS, fc.integer({ min: 2, max: 40 }), (text, pieces) => {
        expect(read(text, pieces)).toEqual(read(text, 1))
      }),
      { numRuns: Math.ceil(RUNS * 0.1) },
    )
  }, 3_600_000)

  it('never throw on bytes of any kind', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9000, size: 'max' }), { maxLength: 4 }),
        (chunks) => {
          const reader = kernelLog.open({ from: 'log', readAt: 0, source: null })
          for (const chunk of chunks) reader.push(chunk)
          expect(reader.finish().length).toBeGreaterThan(0)
          kernelLog.recognise(new TextDecoder('latin1').decode(chunks[0] ?? new Uint8Array(0)), 'x')
        },
      ),
      { numRuns: Math.ceil(RUNS * 0.1) },
    )
  }, 3_600_000)
})
