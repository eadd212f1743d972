import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { experimentDocument } from './document.ts'
import { MEMORY_KINDS, PLACEMENTS, STEADY } from './experiment.ts'
import type { Experiment, HypothesisProbe, Pressure } from './experiment.ts'
import { readExperiment } from './read-experiment.ts'

const whole = fc.integer({ min: 1, max: 2 ** 40 })
const word = fc.stringMatching(/^[a-z][a-z0-9 '":#-]{0,20}$/)
const scalar = fc.oneof(fc.integer(), fc.boolean(), word)
const probe: fc.Arbitrary<HypothesisProbe> = fc.record({
  name: word,
  question: fc.oneof(
    fc.constant({ type: 'psi' } as const),
    fc.webUrl().map((url) => ({ type: 'http', url }) as const),
    fc
      .array(word, { minLength: 1, maxLength: 4 })
      .map((argv) => ({ type: 'command', argv }) as const),
  ),
  tolerance: fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc
      .tuple(fc.integer(), fc.integer())
      .map((range): HypothesisProbe['tolerance'] => ({ type: 'range', range })),
    word.map((pattern): HypothesisProbe['tolerance'] => ({ type: 'regex', pattern })),
  ),
})
const pressure: fc.Arbitrary<Pressure> = fc.oneof(
  whole.map((limitBytes) => ({ kind: 'limit', limitBytes }) as const),
  fc.record({
    kind: fc.constant('memory' as const),
    memory: fc.constantFrom(...MEMORY_KINDS),
    sizeBytes: whole,
    placement: fc.constantFrom(...PLACEMENTS),
  }),
)
const experiment: fc.Arbitrary<Experiment> = fc.record({
  title: word,
  description: word,
  pressure,
  phases: fc.record({
    rampMs: fc.integer({ min: 1, max: 3_600_000 }),
    holdMs: fc.integer({ min: 1, max: 3_600_000 }),
  }),
  probes: fc.array(probe, { maxLength: 3 }).map((probes) => [...STEADY, ...probes]),
  guards: fc.record({ hostFloorBytes: whole, psiCeiling: fc.integer({ min: 1, max: 100 }) }),
})

const FILE = `
title: Less memory
steady-state-hypothesis:
  title: It answers
  probes:
    - type: probe
      name: health
      tolerance: [200, 204]
      provider: {type: http, url: http://localhost:8080/health}
    - type: probe
      name: check
      tolerance: 0
      provider: {type: process, path: check, arguments: "--fast 'a b'"}
method:
  - type: action
    name: press
    provider: {type: memory.ramp, size: 25%, holdSeconds: 60}
rollbacks: []
`

describe('a file', () => {
  it('says what is asked for, and leaves out what is usual', () => {
    expect(readExperiment(FILE, 'a.yaml')).toEqual({
      target: null,
      wish: {
        title: 'Less memory',
        description: null,
        hostFloorBytes: null,
        psiCeiling: null,
        probes: [
          {
            name: 'health',
            question: { type: 'http', url: 'http://localhost:8080/health' },
            tolerance: [200, 204],
          },
          {
            name: 'check',
            question: { type: 'command', argv: ['check', '--fast', 'a b'] },
            tolerance: 0,
          },
        ],
        pressure: { kind: 'memory', memory: 'anonymous', amount: { percent: 25 }, placement: null },
        phases: { rampMs: 10_000, holdMs: 60_000 },
      },
    })
  })

  it('what a journal holds can be done again, from JSON and from YAML', () => {
    fc.assert(
      fc.property(experiment, (asked) => {
        const document = experimentDocument('docker:web', asked)
        for (const text of [JSON.stringify(document, null, 2), stringify(document)]) {
          const { target, wish } = readExperiment(text, 'a.json')
          expect(target).toBe('docker:web')
          expect(wish.title).toBe(asked.title)
          expect(wish.probes).toEqual(asked.probes.slice(STEADY.length))
          expect(wish.phases.rampMs).toBeCloseTo(asked.phases.rampMs, 6)
          expect(wish).toMatchObject(asked.guards)
          const { pressure: read } = wish
          expect(read.amount).toEqual({
            bytes:
              asked.pressure.kind === 'limit'
                ? asked.pressure.limitBytes
                : asked.pressure.sizeBytes,
          })
        }
      }),
    )
  })

  it.each([
    ['size: 25%', 'size: 25m', 'could mean two sizes', 17],
    ['size: 25%', 'site: 25%', "nobody knows 'site'", 17],
    ['memory.ramp', 'stress.cpu', 'is no provider of an action', 17],
    ['type: http,', 'type: python,', 'is no provider of a probe', 9],
    ['tolerance: 0', 'tolerance: {type: jsonpath, path: a}', 'this is no tolerance', 12],
    ['tolerance: 0', "tolerance: {type: regex, pattern: '('}", 'no regular expression', 12],
    ['http://localhost', 'file://localhost', 'this is no address', 9],
    ['rollbacks: []', 'controls: []', "nobody knows 'controls'", 18],
    ['holdSeconds: 60', 'holdSeconds: never', 'has to be a number above 0', 17],
    ["'a b'", "'a b", 'a quote is not closed', 13],
    [
      'provider: {type: http, url: http://localhost:8080/health}',
      'provider: {type: alive}',
      'no other tolerance',
      8,
    ],
  ])('%s as %s is refused with its line', (good, bad, says, line) => {
    const text = FILE.replace(good, bad)
    expect(() => readExperiment(text, 'a.yaml')).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining(says),
        where: `a.yaml:${line}`,
      }),
    )
  })

  it('two actions are refused, and none is', () => {
    const twice = FILE.replace(
      'rollbacks: []',
      '  - {type: action, provider: {type: cgroup.limit}}',
    )
    const none = FILE.replace(/method:\n[^]*rollbacks/, 'method: []\nrollbacks')
    for (const text of [twice, none]) {
      expect(() => readExperiment(text, 'a.yaml')).toThrow('has one action')
    }
  })

  it('whatever a text is, it is an experiment or a mistake of its writer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((it) => stringify(it)),
        ),
        (text) => {
          try {
            readExperiment(text, 'a.yaml')
          } catch (error) {
            expect(error).toMatchObject({ exitCode: 2 })
          }
        },
      ),
    )
  })
})
