import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../model/facts.ts'
import { blackBoxFormat } from './black-box.ts'
import { sampleFormats } from './index.ts'
import type { MemorySample } from '../../model/facts.ts'
import { MAX_SAMPLES, thinned } from './thinned.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/bundles/runtimes/${name}`, import.meta.url), 'utf8')

function facts(text: string, path = 'x.txt'): Fact[] {
  const format = sampleFormats.find((candidate) => candidate.recognise(text.slice(0, 65_536), path))
  return (format?.parse(text, { from: path, readAt: null, source: null }) ?? []).map(
    ({ fact }) => fact,
  )
}

describe('exit status', () => {
  test.each([
    ['exit 137\n', 137],
    ['rc 0', 0],
    ['exit status 143\n', 143],
    ['exit code: 1', 1],
    ['rc=137\n', 137],
  ])('%j', (text, exitCode) => {
    expect(facts(text)).toEqual([{ kind: 'exit-status', exitCode, signal: null }])
  })

  test('a signal is told as one, and never made from 137', () => {
    expect(facts('killed by signal 9')).toEqual([
      { kind: 'exit-status', exitCode: null, signal: 9 },
    ])
    expect(facts('signal SIGTERM')).toEqual([{ kind: 'exit-status', exitCode: null, signal: 15 }])
  })

  test('a number alone counts only in a file of that name', () => {
    expect(facts('137\n', 'case/exit.txt')).toHaveLength(1)
    expect(facts('137\n', 'case/memory.txt')).toEqual([])
    expect(facts('exit 999')).toEqual([])
    expect(facts('exit 1\nexit 2\n')).toEqual([])
  })
})

describe('memory samples', () => {
  const v1 =
    '{"t":10.5,"memory.usage_in_bytes":100,"memory.limit_in_bytes":9223372036854771712,"memory.failcnt":3,"stat":{"cache":7,"rss":5,"total_rss":6,"swap":2,"pgmajfault":1}}'
  const v2 =
    '{"t":9,"memory.current":50,"memory.max":"max","memory.swap.current":4,"memory.events":{"max":2},"stat":{"anon":30,"file":20,"shmem":1}}'

  test('are read with the names of both versions, in order of time', () => {
    expect(facts(`${v1}\n${v2}\n`)).toEqual([
      {
        kind: 'memory-samples',
        samples: [
          {
            at: 9000,
            usageBytes: 50,
            anonBytes: 30,
            fileBytes: 20,
            shmemBytes: 1,
            swapBytes: 4,
            limitBytes: null,
            limitHits: 2,
            pageMajorFaults: null,
          },
          {
            at: 10_500,
            usageBytes: 100,
            anonBytes: 6,
            fileBytes: 7,
            shmemBytes: null,
            swapBytes: 2,
            limitBytes: null,
            limitHits: 3,
            pageMajorFaults: 1,
          },
        ],
      },
    ])
  })

  test('a size below nothing is not known', () => {
    const negative = v2.replaceAll(/:(\d+)/g, (whole, digits) => (digits === '9' ? whole : ':-1'))
    expect(facts(`${negative}\n${v2}\n`)).toMatchObject([{ samples: { length: 1 } }])
    const swapped = v2.replace('"memory.swap.current":4', '"memory.swap.current":-4')
    expect(facts(swapped)).toMatchObject([{ samples: [{ usageBytes: 50, swapBytes: null }] }])
  })

  test('a long series is thinned and keeps its peak, its low and its ends', () => {
    const lines = Array.from({ length: 40_000 }, (_, at) => {
      const usage = at === 12_345 ? 10 ** 9 : at === 23_456 ? 1 : 1000 + at
      return `{"t":${at},"memory.current":${usage}}`
    })
    const [fact] = facts(lines.join('\n'))
    const samples = fact?.kind === 'memory-samples' ? fact.samples : []
    expect(samples.length).toBeLessThanOrEqual(MAX_SAMPLES)
    expect(samples.map(({ usageBytes }) => usageBytes)).toEqual(
      expect.arrayContaining([10 ** 9, 1]),
    )
    expect([samples[0]?.at, samples.at(-1)?.at]).toEqual([0, 39_999_000])
  })

  test('thinning never exceeds its number, keeps the order, and adds nothing', () => {
    const sample = (at: number, usageBytes: number): MemorySample => ({
      at,
      usageBytes,
      anonBytes: null,
      fileBytes: null,
      shmemBytes: null,
      swapBytes: null,
      limitBytes: null,
      limitHits: null,
      pageMajorFaults: null,
    })
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { maxLength: 300 }),
        fc.integer({ min: 4, max: 50 }),
        (usages, most) => {
          const all = usages.map((usage, at) => sample(at, usage))
          const kept = thinned(all, most)
          expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0))
          expect(kept.map(({ at }) => at)).toEqual(
            kept.map(({ at }) => at).toSorted((a, b) => a - b),
          )
          expect(kept.every((one) => all.includes(one))).toBe(true)
          if (usages.length > 0)
            expect(Math.max(...kept.map(({ usageBytes }) => usageBytes ?? 0))).toBe(
              Math.max(...usages),
            )
        },
      ),
    )
  })
})

describe('runtimes', () => {
  test('a JVM tells its areas in bytes, direct buffers too', () => {
    const [fact] = facts(fixture('nmt.txt'))
    const areas = fact?.kind === 'runtime-memory' ? fact.areas : new Map<string, number>()
    expect(areas.get('heap')).toBe(32 * 1024 ** 2)
    expect(areas.get('direct')).toBeGreaterThanOrEqual(48 * 1024 ** 2)
    expect(areas.get('direct')).toBeLessThan(49 * 1024 ** 2)
    for (const area of ['total', 'metaspace', 'class', 'threads', 'code', 'gc'])
      expect(areas.has(area)).toBe(true)
    const parts = [...areas].filter(([name]) => name !== 'total').map(([, bytes]) => bytes)
    expect(parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(areas.get('total'))
  })

  test('a report in megabytes says the same, rounded', () => {
    const [fact] = facts(fixture('nmt-mb.txt'))
    expect(fact?.kind === 'runtime-memory' ? fact.areas.get('direct') : null).toBe(48 * 1024 ** 2)
  })

  test('Java 8 books direct buffers as internal', () => {
    // From the layout of JDK 8's memReporter.cpp: no such JDK can be had here.
    const text =
      'Native Memory Tracking:\n\nTotal: reserved=100KB, committed=90KB\n-                 Java Heap (reserved=60KB, committed=50KB)\n \n-                  Internal (reserved=40KB, committed=40KB)\n'
    const [fact] = facts(text)
    expect(fact?.kind === 'runtime-memory' ? fact.areas.get('direct') : null).toBe(40_960)
  })

  test('Redis tells its fields in bytes, and no ratios', () => {
    const [fact] = facts(fixture('redis-info.txt'))
    const areas = fact?.kind === 'runtime-memory' ? fact.areas : new Map<string, number>()
    expect(areas.get('used_memory')).toBeGreaterThan(0)
    expect(areas.get('rdb_last_cow_size')).toBeGreaterThan(0)
    expect(areas.get('maxmemory')).toBe(0)
    expect(
      [...areas.keys()].filter((name) => /ratio|human|perc|frag|overhead_bytes/.test(name)),
    ).toEqual([])
  })
})

describe('what a guard wrote down', () => {
  const recorded = readFileSync(
    new URL('../../../fixtures/guard/burst.jsonl', import.meta.url),
    'utf8',
  )
  const lines = recorded.split('\n').filter(Boolean)

  test('the last record of a service that was killed in a burst, and its course', () => {
    const [box, samples] = facts(recorded)
    expect(box).toEqual({
      ...{ kind: 'black-box', service: 'burst', host: 'vm', pid: 16676, path: '/app' },
      ...{ tier: 'observe', usageBytes: 268361728, limitBytes: 268435456 },
      ...{ unreclaimableBytes: 267489280, heapBytes: 10186512, heapLimitBytes: 271581184 },
      ...{ inFlight: 0, reservedBytes: 0, stalledMs: 196, left: false, leftFor: null },
    })
    expect(samples).toMatchObject({ kind: 'memory-samples', samples: { length: lines.length } })
  })

  test('a ring is read from wherever it begins; a line that was torn is passed over', () => {
    const torn = `${lines[3]?.slice(0, 100)}\n${lines[3]?.slice(101)}`
    const ring = [...lines.slice(20), torn, ...lines.slice(0, 20)].join('\n')
    expect(facts(ring)).toEqual(facts(recorded))
  })

  test('a last word says that it left by itself, and why', () => {
    const left = lines.at(-1)?.replace('"end":null', '"end":"shedding"') ?? ''
    expect(facts(left)[0]).toMatchObject({ kind: 'black-box', left: true, leftFor: 'shedding' })
    const [told] = blackBoxFormat.parse(left, { from: 'box', readAt: null, source: null })
    expect(told?.says).toMatch(/left by itself, for it had refused all work for too long; it last/)
  })

  test('a size below nothing is not known', () => {
    const last = lines.at(-1)?.replaceAll(/"(usage|limit|heap)":\d+/g, '"$1":-1') ?? ''
    expect(facts(last)[0]).toMatchObject({
      ...{ kind: 'black-box', service: 'burst' },
      ...{ usageBytes: null, limitBytes: null, heapBytes: null },
    })
  })

  test('damage makes no record up', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const fact of facts(`{"stella":"guard/1",${text}`)) {
          expect(['black-box', 'memory-samples']).toContain(fact.kind)
        }
      }),
    )
    expect(facts('{"stella":"guard/1","n":1}')).toEqual([])
  })
})
