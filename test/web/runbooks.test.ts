import { describe, expect, it } from 'vitest'
import { runOf, undoOf, unknownIn } from '../../web/runbooks/filled-in.ts'
import { paramOf } from '../../web/runbooks/param-of.ts'
import type { RunDocument, StepDocument } from '../../web/runbooks/documents.ts'
import {
  approversOf,
  askedInPlace,
  byPhase,
  linesThatMatter,
  lowRiskLeft,
  progressOf,
  standingOf,
  takenBackOf,
} from '../../web/runbooks/standing.ts'
import { listedInWords, originInWords, stepInWords } from '../../web/words/runbooks.ts'

const PLAN = `sha256:${'a'.repeat(64)}`

function step(id: string, change: Partial<StepDocument> = {}): StepDocument {
  return {
    id,
    phase: 'quick-checks',
    branch: null,
    kind: 'check',
    title: id,
    run: `look ${id}`,
    when: null,
    risk: 'medium',
    approvals: 0,
    undo: null,
    state: 'pending',
    why: null,
    begunAt: null,
    endedAt: null,
    attempts: 0,
    exit: null,
    commands: [],
    captures: {},
    seen: [],
    undoing: null,
    ...change,
  }
}

const changeOf = (id: string, change: Partial<StepDocument> = {}): StepDocument =>
  step(id, { kind: 'change', phase: 'mitigation', ...change })

function run(steps: readonly StepDocument[], change: Partial<RunDocument> = {}): RunDocument {
  return {
    schema: 'stella.runbook-run/1',
    run: 'run-20261122-101500-1f2e',
    runbook: { id: 'book', title: 'A book', path: '/book.md' },
    state: 'running',
    plan: PLAN,
    params: {},
    by: 'ada',
    host: 'one',
    origin: { kind: 'person' },
    seenAgain: [],
    reason: null,
    version: '1',
    begunAt: '2026-11-22T10:15:00Z',
    endedAt: null,
    verdict: null,
    why: null,
    waits: null,
    takesBack: null,
    approvals: [],
    resumed: [],
    changes: [],
    compared: [],
    timeline: [],
    steps: [...steps],
    broken: null,
    ...change,
  }
}

const waitsAt = (id: string): Partial<RunDocument> => ({
  state: 'waits',
  waits: { step: id, why: 'it needs an approval', stillRuns: false },
})
const approval = (change: Partial<RunDocument['approvals'][number]> = {}) => ({
  at: '2026-11-22T10:16:00Z',
  by: 'ada',
  how: 'http',
  plan: PLAN,
  steps: ['set'],
  ...change,
})

describe('how a run stands', () => {
  it('goes on with the step that runs', () => {
    const [first, second] = [step('one', { state: 'ok' }), step('two', { state: 'running' })]
    expect(standingOf(run([first, second]))).toEqual({ kind: 'goes', step: second, isUndo: false })
  })

  it('takes a change back', () => {
    const set = changeOf('set', { state: 'ok' })
    expect(standingOf(run([set], { takesBack: 'set' }))).toEqual({
      kind: 'goes',
      step: set,
      isUndo: true,
    })
  })

  it.each([
    ['approve', changeOf('set', { state: 'waits' })],
    ['again', changeOf('set', { state: 'running' })],
    ['do', step('set', { kind: 'manual', state: 'waits' })],
    ['value', step('set', { kind: 'ask', state: 'waits' })],
  ])('asks: %s', (kind, asked) => {
    expect(standingOf(run([asked], waitsAt('set')))).toMatchObject({
      kind: 'asks',
      question: { kind, step: asked },
    })
  })

  it('asks what shall be done with what still runs', () => {
    const why = 'what it has started still runs: set new: process 42 (sh), since …'
    const waits = { state: 'waits', waits: { step: 'set', why, stillRuns: true } } as const
    expect(standingOf(run([changeOf('set', { state: 'running' })], waits))).toMatchObject({
      question: { kind: 'outlived', why },
    })
  })

  it('asks nothing of what was interrupted: it only has to go on', () => {
    expect(standingOf(run([step('set', { state: 'running' })], waitsAt('set')))).toMatchObject({
      kind: 'stopped',
      why: 'it needs an approval',
    })
    const approved = { ...waitsAt('set'), approvals: [approval()] }
    const set = changeOf('set', { state: 'waits' })
    expect(standingOf(run([set], approved)).kind).toBe('stopped')
  })

  it('an approval of another plan is none', () => {
    const approvals = [approval({ plan: 'sha256:other' })]
    const set = changeOf('set', { state: 'waits' })
    expect(standingOf(run([set], { ...waitsAt('set'), approvals })).kind).toBe('asks')
  })

  it('nobody works on it, and it waits for nobody', () => {
    expect(standingOf(run([step('one')], { state: 'stopped' })).kind).toBe('stopped')
  })

  it('is over', () => {
    const over = { state: 'ended', verdict: 'resolved' } as const
    expect(standingOf(run([step('one', { state: 'ok' })], over))).toEqual({
      kind: 'over',
      verdict: 'resolved',
    })
  })

  it('asks for what a person does in its own place, unless it goes on or asks for it on top', () => {
    const asked = step('see', { kind: 'manual', state: 'waits', why: 'it is for a person' })
    expect(askedInPlace(run([asked], waitsAt('set')), asked)?.kind).toBe('do')
    expect(askedInPlace(run([asked], waitsAt('see')), asked)).toBeNull()
    expect(askedInPlace(run([asked]), asked)).toBeNull()
  })
})

describe('approvals', () => {
  it('are counted by who has given them, and a person counts once', () => {
    const set = changeOf('set', { approvals: 2 })
    const approvals = [approval(), approval(), approval({ by: 'ben', steps: null, how: 'hash' })]
    expect(approversOf(run([set], { approvals }), set)).toEqual(['ada', 'ben'])
    expect(approversOf(run([set], { approvals: [approval({ how: 'low-risk' })] }), set)).toEqual([])
  })

  it('of all changes of low risk leave out those that belong to a case', () => {
    const low = { risk: 'low' } as const
    const left = lowRiskLeft(
      run([
        changeOf('one', low),
        changeOf('two', { ...low, branch: 'For large images' }),
        changeOf('three', { ...low, branch: 'For large images', when: 'size.problem' }),
        changeOf('four', { ...low, approvals: 2 }),
        changeOf('five', { ...low, state: 'ok' }),
        changeOf('six'),
      ]),
    )
    expect(left.map(({ id }) => id)).toEqual(['one', 'three'])
  })
})

describe('what is taken back', () => {
  it('is what was changed, the last one first, and nothing twice', () => {
    const made = (id: string, second: number, change: Partial<StepDocument> = {}) =>
      changeOf(id, { state: 'ok', begunAt: `2026-11-22T10:15:0${second}Z`, ...change })
    const undoing = { at: '', isDone: true, why: null, command: null }
    const changes = takenBackOf(
      run([
        step('look', { state: 'ok', begunAt: '2026-11-22T10:15:00Z' }),
        made('one', 1),
        made('two', 2, { state: 'failed' }),
        made('three', 3, { state: 'undone', undoing }),
        changeOf('four', { state: 'skipped' }),
      ]),
    )
    expect(changes.map(({ id }) => id)).toEqual(['two', 'one'])
  })

  it('is told with what was there before', () => {
    const looked = (id: string, limit: string, second: number) =>
      step(id, { captures: { limit }, endedAt: `2026-11-22T10:15:0${second}Z` })
    const set = changeOf('set', { run: 'set ${limit}', undo: 'set ${limit} ${change}' })
    const told = run([looked('one', '4Gi', 1), looked('two', 'a b', 2), set])
    expect(undoOf(told, set)).toBe('set 4Gi ${change}')
    expect(undoOf(told, { ...set, captures: { change: 7 } })).toBe('set 4Gi 7')
    expect(runOf(told, set)).toBe("set 'a b'")
    expect(unknownIn('set ${limit} ${other}')).toEqual(['limit', 'other'])
  })
})

describe('a step', () => {
  const ended = [{ argv: [['x']], exit: 1, says: null, output: 'one\ntwo\n\nthree\nfour\n', ms: 1 }]

  it('shows first what was looked for, and otherwise the end of what went wrong', () => {
    const failed = step('one', { state: 'failed', commands: ended })
    expect(linesThatMatter(failed)).toEqual(['two', 'three', 'four'])
    expect(linesThatMatter({ ...failed, seen: ['two'] })).toEqual(['two'])
    expect(linesThatMatter({ ...failed, state: 'ok' })).toEqual([])
    expect(linesThatMatter({ ...failed, state: 'problem', captures: { size: 3 } })).toEqual([])
  })

  it('says in words what became of it', () => {
    const words = (['check', 'change', 'assert', 'manual'] as const).map((kind) =>
      stepInWords({ state: 'ok', kind }),
    )
    expect(words).toEqual(['no problem', 'done', 'holds', 'done'])
    expect(stepInWords({ state: 'skipped', kind: 'check' })).toBe('left out')
  })

  it('stands in its phase, and counts when it is over', () => {
    const steps = [step('one', { state: 'ok' }), step('two'), changeOf('three')]
    expect(byPhase(steps).map(({ phase, steps: own }) => [phase, own.length])).toEqual([
      ['quick-checks', 2],
      ['mitigation', 1],
    ])
    expect(progressOf({ steps })).toEqual({ done: 1, of: 3 })
  })
})

describe('in a list', () => {
  it.each([
    [{ state: 'ended', verdict: 'undone' }, 'Taken back'],
    [{ state: 'waits', verdict: null }, 'Waits for somebody'],
    [{ state: 'stopped', verdict: null }, 'Stopped'],
  ] as const)('%o: %s', (listed, words) => {
    expect(listedInWords(listed)).toBe(words)
  })

  it('a run says who or what has begun it', () => {
    const alert = { kind: 'alert', alert: 'Full', fingerprint: 'f', case: null } as const
    expect(originInWords({ by: 'ada', origin: { kind: 'person' } })).toBe('by ada')
    expect(originInWords({ by: 'stella', origin: alert })).toBe('by stella, for the alert Full')
  })
})

describe('a refusal', () => {
  it.each([
    ['--param file', "'-x' is no text", 'file'],
    ['params.file', 'too long', 'file'],
    [undefined, "the value of 'file' is in no journal", 'file'],
    ['--param profile', "'-x' is no text", null],
    [undefined, 'another stella works on it', null],
  ])('%s, %s is about %s', (where, error, name) => {
    expect(paramOf({ where, error }, ['case', 'file'])).toBe(name)
  })
})
