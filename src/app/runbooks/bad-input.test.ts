/** Documents, values and commands that mean no good, or were written by somebody in a hurry. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOTHING_SAID, statesOf, workplace } from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { PARAM_TYPES } from '../../model/runbook.ts'
import type { ParamType } from '../../model/runbook.ts'
import { readRunbook } from '../../runbooks/document/read-runbook.ts'
import { paramValues } from '../../runbooks/params.ts'
import { prepared } from '../../runbooks/run/commands.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

function stepOf(attributes: string, ...commands: readonly string[]): string {
  return `## Quick checks\n\nLook:\n\n\`\`\`bash {id=it, ${attributes}}\n${commands.join('\n')}\n\`\`\`\n`
}

describe('a document that cannot be read is not run, and its line is told', () => {
  const FENCE = '```bash {id=a, kind=check}\ncat FILE\n```\n\n'
  it.each([
    [
      'a fence without an end',
      `${FENCE}\`\`\`bash {id=b, kind=change, risk=low}\nSET FILE new\n`,
      5,
    ],
    [
      'an attribute that nobody knows',
      `${FENCE}\`\`\`bash {id=b, kindd=check}\ncat FILE\n\`\`\`\n`,
      5,
    ],
    ['two steps with one name', FENCE + FENCE, 5],
    ['a head that is broken', `---\nid: a\nparams: [\n---\n${FENCE}`, 3],
    ['a risk that is none', '```bash {id=a, kind=change, risk=lwo}\nSET FILE new\n```\n', 1],
  ])('%s', async (_, text, line) => {
    const path = place.write(text)
    await expect(place.start(path)).rejects.toMatchObject({
      exitCode: 2,
      where: `${path}:${line}`,
      message: expect.stringContaining('it is not run'),
    })
    expect(place.log()).toEqual([])
    expect(existsSync(join(place.data, 'runs'))).toBe(false)
  })
})

describe('a document of any size and shape is read, or told why not', () => {
  const step = (n: number): string => `\`\`\`bash {id=s${n}, kind=check}\nstella doctor\n\`\`\`\n\n`
  const DEEP = 10_000
  it.each([
    ['of 2 MiB', 'word '.repeat(420_000), 'it is longer than a runbook can be'],
    [
      'of 10,000 steps',
      Array.from({ length: 10_000 }, (_, n) => step(n)).join(''),
      'more than 2000',
    ],
    ['of quotes in quotes', `${'>'.repeat(DEEP)} a\n`, 'nested deeper'],
    [
      'whose head goes deep',
      `---\na: ${'['.repeat(DEEP)}${']'.repeat(DEEP)}\n---\n`,
      'the front matter: it is nested too deep',
    ],
    [
      'whose head says little many times',
      `---\na: &a [1]\nb: [${'*a,'.repeat(50)}]\n---\n`,
      'the front matter: its aliases stand for too much',
    ],
  ])('%s', (_, text, says) => {
    const { problems } = readRunbook(text, 'a.md')
    expect(problems.map((each) => each.says)).toContainEqual(expect.stringContaining(says))
  })

  it('a command that goes on and on is none', () => {
    const text = `## Quick checks\n\n\`\`\`bash\nstella why "${'x\n'.repeat(20_000)}\n\`\`\`\n`
    const { runbook } = readRunbook(text, 'a.md')
    expect(runbook.steps.every(({ kind }) => kind === 'manual')).toBe(true)
  })

  it('cut into pieces it says the same, line for line', () => {
    const part = (n: number): string => `## Part ${n}\n\nIs it ${n}?\n\n${step(n)}- one\n- two\n\n`
    const parts = Array.from({ length: 200 }, (_, n) => part(n))
    const { steps } = readRunbook(parts.join(''), 'a.md').runbook
    const height = part(0).split('\n').length - 1
    expect(steps.map(({ id, line, title }) => [id, line, title])).toEqual(
      parts.map((_, n) => [`s${n}`, n * height + 5, `Is it ${n}?`]),
    )
  })

  it('is cut in no fence, and in no comment', () => {
    const filler = 'Words.\n\n'.repeat(1_500)
    const fence = `\`\`\`\`text\n${'a\n\n```bash {id=no, kind=change}\ndocker rm -f web\n```\n\n'.repeat(200)}\`\`\`\`\n`
    const comment = `<!--\n${'\n\n```bash\ndocker rm -f web\n```\n\n'.repeat(200)}-->\n`
    for (const hidden of [fence, comment]) {
      const { runbook, problems } = readRunbook(`${filler}${hidden}\n${filler}${step(1)}`, 'a.md')
      expect(runbook.steps.map(({ id }) => id)).toEqual(['s1'])
      expect(problems).toEqual([])
    }
  })
})

describe('a value of a parameter is one word of one command, whatever it holds', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'-;|&$(){}<>\'"`\\ \n\0*?~#=a/1'), maxLength: 30 }),
    fc.constantFrom('--output=/etc/x', '-rf', '$(reboot)', '`id`', '; rm -rf /', 'a\nb', '${HOME}'),
  )

  it.each(PARAM_TYPES)('%s', (type: ParamType) => {
    let taken = 0
    fc.assert(
      fc.property(fc.oneof(hostile, fc.stringMatching(/^[a-z0-9]{1,12}$/)), (value) => {
        const param = { name: 'it', type, asks: 'it', usual: null }
        const words = argvWith(param, value)
        if (words === null) return
        taken++
        expect(words).toEqual([
          ['grep', '-F', value, 'file'],
          ['head', '-n', `in ${value}`],
        ])
        expect(value).toMatch(/^[^\s-][^\n\r\0]*$/)
      }),
      { numRuns: 300 },
    )
    // Of a case or a size hardly any is one by chance.
    if (type === 'text' || type === 'name') expect(taken).toBeGreaterThan(10)
  })

  function argvWith(
    param: Parameters<typeof paramValues>[0][number],
    value: string,
  ): readonly (readonly string[])[] | null {
    let values: ReadonlyMap<string, string>
    try {
      ;({ values } = paramValues([param], new Map([['it', value]])))
    } catch {
      return null
    }
    const ready = prepared(['grep -F ${it} file | head -n "in ${it}"'], values, 'check')
    return ready.ok ? (ready.commands[0] ?? null) : null
  }

  it('also where it comes from the output of a command', async () => {
    const text = `---\nid: a\n---\n${stepOf('kind=check, capture="it:text"', 'cat FILE')}
## Fix

\`\`\`bash {id=set, kind=change, risk=low}
SET FILE.copy \${it}
\`\`\`
`
    writeFileSync(place.file, '; touch $(id) `id`\n')
    expect(statesOf(await place.start(place.write(text)))).toMatchObject({ it: 'ok', set: 'ok' })
    expect(readFileSync(`${place.file}.copy`, 'utf8')).toBe('; touch $(id) `id`\n')
    writeFileSync(place.file, '--help\n')
    expect(statesOf(await place.start(place.write(text)))).toMatchObject({ set: 'refused' })
  })
})

describe('a command that does not behave', () => {
  it('hangs: it is ended when its time is over', async () => {
    const path = place.write(stepOf('kind=check, timeout=1s', 'tail -f FILE'))
    const run = await place.start(path, { approval: NOTHING_SAID })
    expect(run.steps[0]).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('within 1 s'),
    })
  })

  it('floods: no more is kept than what can be looked at', async () => {
    const path = place.write(stepOf('kind=check, timeout=2s', 'tail -f -n +1 /dev/zero'))
    const run = await place.start(path, { approval: NOTHING_SAID })
    const [command] = run.steps[0]?.commands ?? []
    expect(command?.output).toContain('are left out')
    expect(command?.output.length).toBeLessThan(20_000)
  })

  it('makes a pattern take for ever: it is not known then, and nobody waits', async () => {
    const text = stepOf('kind=check, problemIf="match(/^(a+)+$/)"', 'cat FILE')
    const path = place.write(text)
    writeFileSync(place.file, `${'a'.repeat(60)}!\n`)
    const run = await place.start(path, { approval: NOTHING_SAID })
    expect(run.steps[0]).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('cannot be judged: match(/^(a+)+$/)'),
    })
  })
})
