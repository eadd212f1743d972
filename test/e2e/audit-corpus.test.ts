import { describe, expect, it } from 'vitest'
import { pairs, type Pair } from '../../bench/audit/corpus/index.ts'
import { audit, type Finding } from '../../src/audit/engine.ts'

function judged({ seed }: Pair, text: string): readonly Finding[] {
  const file = { path: seed.base, text }
  return audit([{ file, variables: new Map(), isNamed: true }]).findings
}

const ALL = pairs()

const nameOf = ({ seed }: Pair): string => `${seed.rule} ${seed.base}: ${seed.says}`

/** What is not decidable from the file alone, or is a question of measure that the rules leave to people. */
const NOT_FOUND = [
  'K26 kubernetes/gateway.yaml: a probe that starts Node.js in 64 MiB',
  'C19 compose/shop.yaml: /dev/shm of two thirds of the limit',
  'G01 compose/monitoring.yaml: Go without its limit',
  'P01 compose/shop.yaml: forty workers in 1 GiB',
  'P01 kubernetes/python.yaml: thirty workers in 1 GiB',
]
/** Only a rule that has to be asked for would find it. */
const OPTIONAL = ['C03 compose/monitoring.yaml: nothing said of swap']
const BY_ANOTHER_RULE = [
  'K12 kubernetes/postgres.yaml: a volume in memory beside shared_buffers',
  'B09 kubernetes/broker.yaml: a heap of five sixths for a broker',
]

describe('mistakes that are sown into files that are right', () => {
  it('are found, but for those that are known not to be', () => {
    const missed = ALL.filter((pair) => judged(pair, pair.wrong.text).length === 0)
    expect(missed.map(nameOf).toSorted()).toEqual([...NOT_FOUND, ...OPTIONAL].toSorted())
  })

  it('are found by the rule that is about them', () => {
    const others = ALL.filter((pair) => {
      const findings = judged(pair, pair.wrong.text)
      return findings.length > 0 && findings.every(({ rule }) => rule.id !== pair.seed.rule)
    })
    expect(others.map(nameOf).toSorted()).toEqual(BY_ANOTHER_RULE.toSorted())
  })

  it('are shown where a person would look, nearly always', () => {
    const exact = ALL.filter(({ seed, wrong, ...pair }) =>
      judged({ seed, wrong, ...pair }, wrong.text).some(
        ({ rule, line }) =>
          rule.id === seed.rule && line >= wrong.firstLine && line <= wrong.lastLine,
      ),
    )
    expect(ALL.length).toBeGreaterThan(100)
    expect(exact.length / ALL.length).toBeGreaterThan(0.9)
  })

  it('leave nothing to be found where they are not', () => {
    const alarms = ALL.flatMap((pair) =>
      judged(pair, pair.correct).map(({ rule, line }) => `${pair.seed.base}:${line} ${rule.id}`),
    )
    expect(alarms).toEqual([])
  })
})
