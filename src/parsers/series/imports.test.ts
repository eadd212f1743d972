import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged } from '../../../test/support/damage.ts'
import { MIB } from '../../model/bytes.ts'
import { StellaError } from '../../model/errors.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Recording, Sample } from '../../model/series.ts'
import { readSeries } from './index.ts'
import { writeRecordingLine } from './recording-line.ts'
import { csvLines } from './write-csv.ts'

const FOLDER = new URL('../../../fixtures/series-imports/', import.meta.url)

function fixture(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8')
}

function read(name: string): Recording {
  return readSeries(fixture(name), name)
}

function refusal(text: string, from = 'x.json'): string {
  try {
    readSeries(text, from)
  } catch (error) {
    if (error instanceof StellaError && error.exitCode === 2) return error.line
    throw error
  }
  return 'was read'
}

function kinds({ group }: Recording): string[] {
  return group.marks.map(({ kind }) => kind)
}

describe('a range answer of Prometheus', () => {
  it('tells the lives of one container, with its kill and its restart', () => {
    const recording = read('prometheus-app.json')
    expect(recording).toMatchObject({
      source: 'prometheus',
      subject: { platform: 'kubernetes', name: 'shop/cart-0/app', image: 'cart:1' },
      unknown: [],
    })
    expect(kinds(recording)).toEqual(['kill', 'start'])
    const { samples } = recording.group
    expect(samples.every(({ limitBytes }) => limitBytes === 48 * MIB)).toBe(true)
    for (const { usageBytes, workingSetBytes, anonBytes } of samples) {
      expect(usageBytes).toBeGreaterThanOrEqual(workingSetBytes ?? Infinity)
      expect(workingSetBytes).toBeGreaterThanOrEqual(anonBytes ?? Infinity)
    }
    expect(samples.at(-1)?.anonBytes).toBeGreaterThan(samples.at(-3)?.anonBytes ?? Infinity)
  })

  it('of several containers at the same time is refused: their sum is the memory of none', () => {
    const line = refusal(fixture('prometheus-pod.json'), 'pod.json')
    expect(line).toContain('pod.json: it tells of 2 containers')
    expect(line).toContain('shop/cart-0/app')
    expect(line).toContain('shop/cart-0/sidecar')
    expect(line).toContain('add labels to the query')
  })

  it('without a name is taken for the memory in use, and says so', () => {
    const { unknown, group } = read('prometheus-calculated.json')
    expect(unknown).toEqual(['a calculated series is taken for the memory in use'])
    expect(group.samples[0]).toMatchObject({ usageBytes: expect.any(Number), anonBytes: null })
  })

  it.each([
    ['prometheus-nan.json', 'there is no sample in it: a value is no number'],
    ['prometheus-nothing.json', 'the answer holds no series'],
    ['prometheus-bad-query.json', 'Prometheus refused the query: 1:'],
    [
      'prometheus-too-many-points.json',
      'Prometheus refused the query: exceeded maximum resolution',
    ],
    ['prometheus-instant.json', 'it is an answer about one moment (vector)'],
  ])('%s is refused in one line', (name, says) => {
    expect(refusal(fixture(name), name)).toContain(`${name}: ${says}`)
  })

  it.each([
    ['NaN', 'a value is no number'],
    ['5 1', 'a value is no number'],
    ['+Inf', 'a value is infinite'],
    ['-1', 'a value is negative'],
  ])('with the value %j leaves that out, and says why in words', (value, says) => {
    const values = [
      [1_760_000_000, '1048576'],
      [1_760_000_060, value],
    ]
    const answer = {
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: {}, values }] },
    }
    const { group, unknown } = readSeries(JSON.stringify(answer), 'x.json')
    expect(group.samples.map(({ usageBytes }) => usageBytes)).toEqual([MIB])
    expect(unknown).toContain(`one sample was left out: ${says}`)
  })

  it('that was cut is refused', () => {
    expect(refusal(fixture('prometheus-app.json').slice(0, -9))).toContain('cut or damaged')
  })

  const answer = (
    ...series: { metric: Record<string, string>; values: [number, string][] }[]
  ): string => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: series } })
  const rss = 'container_memory_rss'

  it('leaves the pause container and the sum of the pod out', () => {
    const of = (container: string, value: string) => ({
      metric: { __name__: rss, namespace: 'a', pod: 'b', container, id: container },
      values: [[100, value]] satisfies [number, string][],
    })
    const recording = readSeries(answer(of('', '30'), of('POD', '1'), of('app', '20')), 'x')
    expect(recording.group.samples).toMatchObject([{ anonBytes: 20 }])
    expect(recording.unknown).toEqual([
      '2 series of whole pods, pause containers and groups above were left out',
    ])
  })

  it('takes pods that followed each other for lives of one workload', () => {
    const of = (pod: string, from: number): Parameters<typeof answer>[0] => ({
      metric: { __name__: rss, namespace: 'a', pod, container: 'app' },
      values: [0, 60, 120].map((at) => [from + at, '5']),
    })
    // The end of the first is told on for a minute, as Prometheus does for up to five.
    const recording = readSeries(answer(of('web-2', 160), of('web-1', 100)), 'x')
    expect(recording.subject?.name).toBe('a/web-2/app')
    expect(kinds(recording).filter((kind) => kind === 'start').length).toBeGreaterThan(0)
    const long = (pod: string): Parameters<typeof answer>[0] => ({
      ...of(pod, 0),
      values: [
        [0, '5'],
        [9_000, '5'],
      ],
    })
    expect(refusal(answer(long('web-1'), long('web-2')))).toContain('tells of 2 containers')
  })

  it('lets the next container count where the one before is told beyond its end', () => {
    const of = (id: string, times: number[], value: string): Parameters<typeof answer>[0] => ({
      metric: { __name__: rss, namespace: 'a', pod: 'b', container: 'app', id },
      values: times.map((at) => [at, value]),
    })
    const stale = of('/first', [0, 60, 120, 180, 240], '90')
    const { group } = readSeries(answer(of('/second', [120, 180, 240, 300], '10'), stale), 'x')
    expect(group.samples.map(({ anonBytes }) => anonBytes)).toEqual([90, 90, 10, 10, 10, 10])
    expect(group.marks).toEqual([{ at: 120_000, kind: 'start', says: 'restarted' }])
  })

  it('knows the limit of kube-state-metrics, and no limit where cAdvisor says 0', () => {
    const labels = { namespace: 'a', pod: 'b', container: 'app' }
    const series = (name: string, value: string, more = {}): Parameters<typeof answer>[0] => ({
      metric: { __name__: name, ...labels, ...more },
      values: [[100, value]],
    })
    const limits = 'kube_pod_container_resource_limits'
    const memory = series(limits, '64', { resource: 'memory', unit: 'byte' })
    const cpu = series(limits, '0.5', { resource: 'cpu', unit: 'core' })
    const used = series(rss, '5', { id: '/x' })
    expect(readSeries(answer(cpu, memory, used), 'x').group.samples).toMatchObject([
      { anonBytes: 5, limitBytes: 64 },
    ])
    const none = series('container_spec_memory_limit_bytes', '0', { id: '/x' })
    expect(readSeries(answer(none, used), 'x').group.samples[0]?.limitBytes).toBeNull()
  })

  it('sees a process that was started again', () => {
    const labels = { instance: 'a:1', job: 'web' }
    const times = [100, 160, 220]
    const text = answer(
      {
        metric: { __name__: 'process_resident_memory_bytes', ...labels },
        values: times.map((at) => [at, '7e6']),
      },
      {
        metric: { __name__: 'process_start_time_seconds', ...labels },
        values: times.map((at) => [at, at < 200 ? '1795273743.04' : '1795279999.5']),
      },
    )
    const recording = readSeries(text, 'x')
    expect(recording.group).toMatchObject({
      subject: 'process',
      marks: [{ at: 220_000, kind: 'start' }],
    })
    expect(recording.group.samples).toMatchObject([{}, {}, { usageBytes: 7e6 }])
  })

  it('with more points than can be kept in mind is refused, and not cut', () => {
    const values = Array.from({ length: 500_001 }, (_, at): [number, string] => [at, '5'])
    const line = refusal(answer({ metric: { __name__: rss }, values }))
    expect(line).toContain(
      'the answer holds 500001 points, more than 500000; ask with a longer step',
    )
  })

  it('hands on what the server warns of', () => {
    const text = answer({ metric: { __name__: rss }, values: [[1, '5']] })
    const warned = text.replace('{', '{"warnings":["partial answer"],')
    expect(readSeries(warned, 'x').unknown).toEqual(['partial answer'])
  })
})

describe('docker stats', () => {
  it.each(['docker-stats.txt', 'docker-stats-json.txt'])('%s, with a time before each', (name) => {
    const { group, subject, source, unknown } = read(name)
    expect(source).toBe('docker stats')
    expect(subject).toMatchObject({ platform: 'docker', name: 'web' })
    expect(group.samples).toHaveLength(4)
    expect(group.marks).toEqual([])
    for (const { workingSetBytes, usageBytes, limitBytes, processes } of group.samples) {
      expect(workingSetBytes).toBeGreaterThan(MIB)
      expect([usageBytes, limitBytes, processes]).toEqual([null, 48 * MIB, 1])
    }
    expect(unknown.join()).toContain('four digits')
  })

  it('of the API, with all parts', () => {
    const { group, subject } = read('docker-stats-api.jsonl')
    expect(subject).toMatchObject({ platform: 'docker', name: 'web' })
    expect(group.samples.length).toBeGreaterThan(2)
    for (const sample of group.samples) {
      expect(sample.anonBytes).toBeGreaterThan(29 * MIB)
      expect(sample.usageBytes).toBeGreaterThan(sample.workingSetBytes ?? Infinity)
      expect(sample.limitBytes).toBe(48 * MIB)
    }
  })

  it('without times is refused, with a way to have them', () => {
    const line = refusal(fixture('docker-stats-without-times.txt'), 'stats.txt')
    expect(line).toContain(
      'stats.txt:2: docker stats writes no times; write one before each sample',
    )
  })

  it('of two containers is refused', () => {
    expect(refusal(fixture('docker-stats-two.txt'))).toContain('2 containers (idle, web)')
  })
})

describe('our own recording', () => {
  const sample = (at: number, usageBytes: number): Sample => ({ at, ...NO_SAMPLE, usageBytes })

  it('is known by its first line, and read through a torn end', () => {
    const subject = { platform: 'docker', name: 'web', id: null, image: null } as const
    const text = [
      writeRecordingLine({ kind: 'head', subject }),
      writeRecordingLine({ kind: 'group', sample: sample(2_000, 5) }),
      writeRecordingLine({ kind: 'group', sample: sample(1_000, 4) }),
      '{"at":3000,"us',
    ].join('\n')
    const recording = readSeries(text, 'x')
    expect(recording).toMatchObject({ subject, source: 'stella', unknown: [] })
    expect(recording.group.samples.map(({ at }) => at)).toEqual([1_000, 2_000])
  })

  it('comes back from the table that it is written to', () => {
    const known = fc.option(fc.nat({ max: 2 ** 50 }))
    const moment = fc.record({ anonBytes: known, oomKills: fc.constant(0), load: known })
    fc.assert(
      fc.property(
        fc.array(moment, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat({ max: 40 })),
        (moments, marked) => {
          const samples = moments.map((more, at) => ({ ...sample(at * 1_000, 7 + at), ...more }))
          const marks = [...new Set(marked)]
            .toSorted((a, b) => a - b)
            .map((at) => ({
              at: at * 1_000,
              kind: 'change' as const,
              says: 'a "new", image; or so',
            }))
          const recording: Recording = {
            subject: null,
            source: 'stella',
            group: { subject: 'group', name: null, process: null, samples, marks },
            processes: [],
            regions: [],
            unknown: [],
          }
          const back = readSeries([...csvLines(recording)].join('\n'), 'x')
          expect(back.group.samples).toEqual(samples)
          expect(back.group.marks).toHaveLength(marks.length)
        },
      ),
    )
  })
})

it('samples of a memory group, as the kernel names them', () => {
  const lines = [
    '{"t":10.5,"memory.usage_in_bytes":100,"memory.limit_in_bytes":9223372036854771712,"memory.failcnt":3,"memory.oom_control":{"oom_kill":0},"stat":{"total_cache":40,"total_rss":50,"total_shmem":10,"total_inactive_file":20,"total_swap":2}}',
    '{"t":11.5,"memory.usage_in_bytes":90,"memory.limit_in_bytes":128,"memory.failcnt":4,"memory.oom_control":{"oom_kill":1},"stat":{}}',
  ]
  const recording = readSeries(lines.join('\n'), 'x')
  expect(recording.group.samples[0]).toEqual({
    ...NO_SAMPLE,
    at: 10_500,
    usageBytes: 100,
    workingSetBytes: 80,
    unreclaimableBytes: 50 + 10 + 10,
    anonBytes: 50,
    fileBytes: 30,
    shmemBytes: 10,
    kernelBytes: 10,
    swapBytes: 2,
    limitHits: 3,
    oomKills: 0,
  })
  expect(kinds(recording)).toEqual(['kill'])
})

it('whatever comes, gives a series in order or one line that says what to do', () => {
  const seeds = readdirSync(FOLDER)
    .filter((name) => !name.endsWith('.ts'))
    .map(fixture)
  fc.assert(
    fc.property(damaged(seeds), (text) => {
      const line = refusal(text)
      if (line !== 'was read') {
        expect(line).toMatch(/^stella: .*; \S/)
        return
      }
      const { group } = readSeries(text, 'x')
      for (const [index, { at }] of group.samples.slice(1).entries())
        expect(at).toBeGreaterThan(group.samples[index]?.at ?? Infinity)
    }),
    { numRuns: 300 },
  )
})
