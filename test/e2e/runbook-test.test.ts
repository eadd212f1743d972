/** `stella runbook test`: tests of a runbook, with the answers of its commands made up. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { stella } from '../support/command-line.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-runbook-tests-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const BOOK = `---
schema: 1
id: value
title: A value is wrong
params:
  word: { type: text, asks: what it shall be, default: new }
---

# A value is wrong

## Quick checks

\`\`\`bash {id=look, kind=check, capture="value:text", problemIf="value != new"}
cat value
\`\`\`

## Immediate mitigation

\`\`\`bash {id=set, kind=change, approve=2, when="look.problem", undo="touch undone-by-a-test"}
touch made-by-a-test-\${word}
\`\`\`

\`\`\`bash {id=tell, kind=manual}
tell somebody
\`\`\`

\`\`\`bash {id=which, kind=ask}
\`\`\`

## Verification

\`\`\`bash {id=is-new, kind=assert, timeout=5s, retry=60x1h, expect="match(/^new$/)"}
cat value
\`\`\`
`

interface Answer {
  code: number
  out: string
  err: string
}

async function tested(yaml: string, ...flags: readonly string[]): Promise<Answer> {
  writeFileSync(join(folder, 'value.md'), BOOK)
  writeFileSync(join(folder, 'value.test.yaml'), yaml)
  return stella(['runbook', 'test', join(folder, 'value.md'), ...flags])
}

/** One test, with what it expects. */
function expecting(expected: string, more = ''): string {
  return `schema: 1
answers: { look: old, set: 0, set.undo: 0 }
tests:
  - name: a wrong value is set right
    approve: plan
    by: [anna, ben]
    person: { set: yes, tell: yes, which: that }
    answers: { is-new: [{ stdout: old }, { stdout: new }] }
    expect: ${expected}
${more}`
}

describe('a test of a runbook', () => {
  it('plays a run to its end: no command is run, no time passes, and nothing is kept', async () => {
    const scratch = mkdtempSync(join(folder, 'scratch-'))
    vi.stubEnv('TMPDIR', scratch)
    const { code, out } = await tested(
      expecting(`
      verdict: { resolved: 1 of 1 }
      states: { look: { problem: value != new }, set: ok, tell: ok, is-new: ok }
      captures: { value: old, which: that }
      ran: [cat value, cat value]
      changes: [touch made-by-a-test-new]
      undone: []`),
    )
    expect([code, out]).toEqual([0, expect.stringContaining('All hold: 1 test of 1 runbook')])
    expect(existsSync('made-by-a-test-new')).toBe(false)
    expect(readdirSync(scratch)).toEqual([])
  })

  it.each([
    ['{ verdict: failed }', 'the verdict is resolved, and should be failed'],
    ['{ verdict: { resolved: 2 of 2 } }', "the verdict is resolved, but not because of '2 of 2'"],
    ['{ waits: set }', 'it should wait at set, and does not wait'],
    ['{ states: { look: ok } }', 'look is problem, and should be ok (value != new)'],
    ['{ captures: { value: new } }', 'value is "old", and should be "new"'],
    ['{ ran: [cat other] }', 'cat other was run never'],
    ['{ ran: [cat other] }', 'cat value (2 times)'],
    ['{ ran: [touch made-by-a-test-new, cat value, cat value, cat value] }', 'at another time'],
    ['{ changes: [] }', 'these should have changed something: nothing'],
    ['{ undone: [set] }', 'taken back: nothing; it should have been set'],
  ])('fails where %s is not so, and says what is', async (expected, says) => {
    const { code, out } = await tested(expecting(expected))
    expect(code).toBe(1)
    expect(out).toContain(says)
    expect(out).toContain(`(${join(folder, 'value.test.yaml')}:4)`)
  })

  it('fails where nobody has an answer for a command, and names it', async () => {
    const { code, out } = await tested(
      'schema: 1\ntests: [{ name: a, expect: { verdict: not-verified } }]\n',
    )
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('nobody has an answer for cat value (look)'),
    ])
  })

  it('fails where nobody asks for an answer of its own', async () => {
    const yaml = expecting('{ verdict: resolved }').replace(
      'answers: { is',
      'answers: { cat x: 0, is',
    )
    expect((await tested(yaml)).out).toContain("nobody asked for the answer of 'cat x' (line 8)")
  })

  it('fails where nobody says whether a person did it', async () => {
    const yaml = expecting('{ verdict: resolved }').replace('tell: yes, ', '')
    expect((await tested(yaml)).out).toContain("nobody says yes, no or quit to 'tell'")
  })

  it('waits as a run does, for as many people as the runbook wants', async () => {
    const yaml = expecting(
      '{ waits: set, states: { set: { waits: other than anna } }, changes: [] }',
    )
      .replace('by: [anna, ben]', 'by: [anna]')
      .replace('person: { set: yes, tell: yes, which: that }', '')
      .replace('answers: { is-new: [{ stdout: old }, { stdout: new }] }', '')
    expect(await tested(yaml)).toMatchObject({ code: 0 })
  })

  it.each(['on-failure', 'afterwards'])('takes changes back: %s', async (when) => {
    const is = when === 'afterwards' ? 'new' : 'old'
    const yaml = expecting('{ verdict: undone, undone: [set] }', `    undo: ${when}\n`)
    expect(await tested(yaml.replace('{ stdout: new }', `{ stdout: ${is} }`))).toMatchObject({
      code: 0,
    })
  })

  it('has commands that take too long, and programs that are not there', async () => {
    const late = expecting('{ verdict: failed, states: { is-new: { failed: within 5 s } } }')
    expect(await tested(late.replace('{ stdout: new }', '{ takes: 6s }'))).toMatchObject({
      code: 0,
    })
    const missing = expecting('{ states: { look: { failed: no program } } }')
      .replace('look: old', 'look: { missing: true }')
      .replace(
        '    answers: { is-new: [{ stdout: old }, { stdout: new }] }\n',
        '    onlyChecks: true\n',
      )
    expect(await tested(missing)).toMatchObject({ code: 0 })
  })

  it('tells which ways no test has gone', async () => {
    const { out } = await tested(expecting('{ verdict: resolved }'), '--json')
    const [{ coverage }] = JSON.parse(out).runbooks
    expect(
      coverage.map(({ step, gone, notGone }: Record<string, unknown>) => [step, gone, notGone]),
    ).toEqual([
      ['look', ['problem'], ['ok']],
      ['set', ['made'], ['taken back', 'left out']],
      ['tell', ['done'], []],
      ['which', ['done'], []],
      ['is-new', ['ok'], ['failed']],
    ])
  })
})

describe('a file of tests that cannot be read', () => {
  it.each([
    ['schema: 1\ntests: [', 2, 'Flow sequence'],
    ['schema: 2\ntests: []', 1, "'2' is no schema"],
    ['schema: 1\ntests: []', 2, 'it holds no test'],
    ['schema: 1\ntest: []', 2, "nobody knows 'test' in a file of tests; did you mean 'tests'?"],
    ['schema: 1\ntests:\n  - { name: a }', 3, 'a test expects nothing'],
    ['schema: 1\ntests:\n  - { name: a, expect: {} }', 3, 'cannot fail'],
    ['schema: 1\ntests:\n  - name: a\n    expct: {}', 4, "did you mean 'expect'?"],
    ['schema: 1\nanswers:\n  lok: 0\ntests: []', 3, "did you mean 'look'?"],
    ['schema: 1\nanswers:\n  rm -rf x: 0\ntests: []', 3, 'neither a step nor a command'],
    ['schema: 1\nanswers:\n  tell: 0\ntests: []', 3, 'it runs no command'],
    ['schema: 1\nanswers:\n  look: { exit: 256 }\ntests: []', 3, 'an exit code'],
    ['schema: 1\nanswers:\n  look: { takes: long }\ntests: []', 3, 'is not a duration'],
    ['schema: 1\nanswers:\n  look: { stdout: a, json: 1 }\ntests: []', 3, 'stdout or json'],
    [
      'schema: 1\ntests:\n  - name: a\n    params: { wrd: x }\n    expect: {}',
      4,
      "no parameter 'wrd'",
    ],
    [
      'schema: 1\ntests:\n  - name: a\n    params: { word: -x }\n    expect: {}',
      4,
      "'-x' is no text",
    ],
    [
      'schema: 1\ntests:\n  - name: a\n    approve: [look]\n    expect: {}',
      4,
      "'look' changes nothing",
    ],
    [
      'schema: 1\ntests:\n  - name: a\n    expect: { states: { sett: ok } }',
      4,
      "did you mean 'set'?",
    ],
    [
      'schema: 1\ntests:\n  - name: a\n    expect: { states: { set: fine } }',
      4,
      "'fine' is no state",
    ],
    [
      'schema: 1\ntests:\n  - name: a\n    expect: { captures: { valu: 1 } }',
      4,
      "did you mean 'value'?",
    ],
    ['schema: 1\ntests:\n  - name: a\n    expect: { ran: [a && b] }', 4, 'holds no command'],
    [
      'schema: 1\ntests:\n  - &a { name: a, expect: { verdict: well } }\n  - *a',
      3,
      "two tests are called 'a'",
    ],
  ])('%j is told with its line', async (yaml, line, says) => {
    const { code, err } = await tested(yaml)
    expect(code).toBe(2)
    expect(err).toContain(`${join(folder, 'value.test.yaml')}:${line}: `)
    expect(err).toContain(says)
  })

  it('that is not there is told as such', async () => {
    writeFileSync(join(folder, 'other.md'), BOOK)
    const { code, err } = await stella(['runbook', 'test', join(folder, 'other.md')])
    expect([code, err]).toEqual([3, expect.stringContaining('it has no tests')])
  })
})
