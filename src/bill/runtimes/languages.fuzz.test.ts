import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FACTS } from '../../../test/support/arbitrary-facts.ts'
import { damaged } from '../../../test/support/damage.ts'
import { recordedProgram } from '../../../test/support/programs.ts'
import { processesOf } from '../../../test/support/servers.ts'
import type { RuntimeView } from '../../model/bill.ts'
import type { Answer } from '../../model/question.ts'
import { go } from './go.ts'
import { node } from './node.ts'
import { python } from './python.ts'
import type { RuntimeContext } from './runtime.ts'

const NAMES = [
  'node/18-wasm',
  'node/24-workers',
  'node/26-buffers',
  'python/3.8-small',
  'python/3.11-threads',
  'python/3.13-fork-touched',
  'go/1.19-stacks',
  'go/1.26-mapped',
  'go/1.26-cgo-malloc',
]
/** By name, so that a failure is not told with a hundred thousand characters. */
const RECORDINGS = new Map(NAMES.map((name) => [name, recordedProgram(name)]))
const TEXTS = [...RECORDINGS.values()].flatMap(({ answers }) =>
  answers.flatMap((answer) => (answer.ok ? [answer.text] : [])),
)
/** Some 60 regions: what is damaged in a hundred thousand characters is seldom seen. */
const SHORT = TEXTS.map((text) => text.slice(0, 40_000))

const runtime = fc.constantFrom<RuntimeName>('node', 'python', 'go')
type RuntimeName = keyof typeof RUNTIME
const RUNTIME = { node, python, go }
const limit = fc.option(fc.nat(2 ** 31 - 1), { nil: null })
const text = fc.oneof(
  { weight: 4, arbitrary: damaged(SHORT) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

function expectSound(view: RuntimeView | null): void {
  if (view === null) return
  const { items, residentBytes, unattributedBytes, findings } = view
  for (const { bytes, reservedBytes } of items) {
    expect(bytes ?? 0).toBeGreaterThanOrEqual(0)
    expect(reservedBytes ?? 0).toBeGreaterThanOrEqual(0)
  }
  if (unattributedBytes !== null) {
    const sum = items.reduce((total, { bytes }) => total + (bytes ?? NaN), 0)
    // Damaged figures may be larger than a number holds exactly.
    const unit = Math.max(1, sum * 2 ** -50)
    expect(Math.abs(sum + unattributedBytes - (residentBytes ?? NaN))).toBeLessThanOrEqual(unit)
  }
  expect(findings.filter((said) => /\b(?:NaN|undefined|Infinity)\b/.test(said))).toEqual([])
}

test('whatever is answered, nobody throws, and sums stay sums', () => {
  const answers = fc.array(fc.option(text, { nil: null }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(
      runtime,
      fc.constantFrom(...RECORDINGS.keys()),
      limit,
      answers,
      (which, name, limitBytes, said) => {
        const one = RUNTIME[which]
        const processes = processesOf(RECORDINGS.get(name)?.processes ?? {})
        for (const process of processes) {
          const given = one.questions(process, processes).map(({ id }, at): [string, Answer] => {
            const words = said[at % said.length] ?? null
            return words === null
              ? [id, { pid: process.pid, id, ok: false, why: 'it was not read' }]
              : [id, { pid: process.pid, id, ok: true, text: words, truncated: at % 2 === 0 }]
          })
          expectSound(one.view(process, { answers: new Map(given), processes, limitBytes }))
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('whatever the process and those around it are, nobody throws', () => {
  const context = (answers: readonly Answer[], rest: Omit<RuntimeContext, 'answers'>) => ({
    ...rest,
    answers: new Map(answers.map((answer) => [answer.id, answer])),
  })
  fc.assert(
    fc.property(
      runtime,
      fc.array(FACTS['process-state'], { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...RECORDINGS.keys()),
      limit,
      (which, processes, name, limitBytes) => {
        const one = RUNTIME[which]
        const answers = RECORDINGS.get(name)?.answers ?? []
        for (const process of processes) {
          one.recognise(process, processes)
          const ids = one.questions(process, processes).map(({ id }) => id)
          expect(new Set(ids).size).toBe(ids.length)
          expectSound(one.view(process, context(answers, { processes, limitBytes })))
        }
      },
    ),
    { numRuns: 200 },
  )
})
