import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filled, paramsIn, readWords } from './words.ts'
import type { Pipeline } from './words.ts'

function pipelineOf(line: string): Pipeline {
  const read = readWords(line)
  if (!read.ok) throw new Error(read.says)
  return read.pipeline
}

function argvs(line: string, values: Record<string, string> = {}): string[][] {
  const map = new Map(Object.entries(values))
  return pipelineOf(line).programs.map((words) => filled(words, map))
}

describe('a command line', () => {
  it.each([
    ['stella scanner jobs list', [['stella', 'scanner', 'jobs', 'list']]],
    [
      "stella image inspect x --format json | jq '.size'",
      [
        ['stella', 'image', 'inspect', 'x', '--format', 'json'],
        ['jq', '.size'],
      ],
    ],
    [
      `docker inspect web --format '{{.State.OOMKilled}}'`,
      [['docker', 'inspect', 'web', '--format', '{{.State.OOMKilled}}']],
    ],
    ['a "two words" \'and "more"\' b\\ c ""', [['a', 'two words', 'and "more"', 'b c', '']]],
    ['stella why host # since when?', [['stella', 'why', 'host']]],
    ['# nothing', []],
  ])('%s', (line, expected) => {
    expect(argvs(line)).toEqual(expected)
  })

  it.each([
    ['a && b', '&'],
    ['a || b', '||'],
    ['a; b', ';'],
    ['a > file', 'a redirection'],
    ['a $(b)', '$'],
    ['a "$(b)"', '$'],
    ['a `b`', 'backticks'],
    ['ls *.log', 'a pattern of file names'],
    ['(a)', 'a subshell'],
  ])('%s is refused, and told why', (line, sign) => {
    expect(readWords(line)).toEqual({ ok: false, says: `it needs a shell for ${sign}` })
  })

  it('gives a value one word, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(argvs('stella image inspect ${image} --format json', { image: value })).toEqual([
          ['stella', 'image', 'inspect', value, '--format', 'json'],
        ])
        expect(argvs('grep "in ${image}!" file', { image: value })).toEqual([
          ['grep', `in ${value}!`, 'file'],
        ])
      }),
    )
  })

  it('keeps what single quotes hold as it is', () => {
    expect(argvs("echo '${image}'", { image: 'x' })).toEqual([['echo', '${image}']])
  })

  it('is read or refused, and never fails', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const read = readWords(line)
        if (read.ok) expect(paramsIn(read.pipeline).every((name) => /^\w+$/.test(name))).toBe(true)
        else expect(read.says).not.toBe('')
      }),
    )
  })
})
