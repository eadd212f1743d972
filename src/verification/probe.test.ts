import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../test/support/fake-reader.ts'
import { commandWords, runProbe } from './probe.ts'

describe('the words of a command', () => {
  it.each([
    ['redis-cli -p 6379 ping', ['redis-cli', '-p', '6379', 'ping']],
    [`curl -H 'A: b c' "http://x/ y"`, ['curl', '-H', 'A: b c', 'http://x/ y']],
    [`a=''b "" c`, ['a=b', '', 'c']],
    ['echo $HOME | cat; rm *', ['echo', '$HOME', '|', 'cat;', 'rm', '*']],
  ])('%s', (text, words) => {
    expect(commandWords(text)).toEqual(words)
  })

  it.each([`curl 'x`, '"', '', '  '])('%j is refused', (text) => {
    expect(() => commandWords(text)).toThrow(/quote is not closed|command is empty/)
  })

  it('quoted words come out as they went in', () => {
    const word = fc.string({ maxLength: 12 }).filter((text) => !text.includes("'"))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        expect(commandWords(words.map((one) => `'${one}'`).join(' '))).toEqual(words)
      }),
    )
  })
})

describe('a program', () => {
  it.each([
    [{ exitCode: 0 }, { ok: true, code: 0, says: 'exit code 0' }],
    [{ exitCode: 7 }, { ok: false, code: 7, says: 'exit code 7' }],
    [
      { outcome: 'aborted', exitCode: null },
      { ok: false, code: null, says: 'no answer within 10 s' },
    ],
    [
      { truncated: true, exitCode: null },
      { ok: false, code: null, says: 'it wrote too much and was ended' },
    ],
  ] as const)('%j', async (result, expected) => {
    using reader = fakeReader({ programs: { check: { ...result } } })
    expect(await runProbe({ kind: 'command', argv: ['check', '$(id)'] }, reader)).toEqual(expected)
    expect(reader.ran).toEqual([['check', '$(id)']])
  })

  it('that is not there does not pass', async () => {
    using reader = fakeReader()
    const probe = { kind: 'command', argv: ['check'] } as const
    expect(await runProbe(probe, reader)).toEqual({
      ok: false,
      code: null,
      says: 'there is no such program',
    })
  })
})

it('an address without anybody behind it does not pass, and is not repeated', async () => {
  using reader = fakeReader()
  const probe = { kind: 'http', url: 'http://user:hidden@127.0.0.1:1/' } as const
  const { ok, says } = await runProbe(probe, reader)
  expect(ok).toBe(false)
  expect(says).not.toContain('hidden')
})
