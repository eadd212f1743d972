import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relaxedYaml } from './relaxed-yaml.ts'
import { at, textAt, type Value } from './value.ts'
import { readAnyYaml } from './yaml.ts'

function read(text: string): ReturnType<typeof readAnyYaml> {
  return readAnyYaml({ file: { path: 'a.yaml', text }, start: 0, end: text.length })
}

function only(text: string): Value {
  const reading = read(text)
  const [value] = reading.ok ? reading.values : []
  if (value === undefined) throw new Error(reading.ok ? 'nothing' : reading.problem.what)
  return value
}

const words = (value: Value | null): string[] =>
  value?.kind === 'sequence'
    ? value.items.map((item) => (item.kind === 'scalar' ? item.text : item.kind))
    : []

// Written as charts and examples of others are, which kubectl and Compose take.
describe('what libyaml takes, and the specification does not', () => {
  it.each([
    [
      'further left than its key',
      'a:\n  b:\n    command: [ "/bin/sh",\n    "-c",\n    run ]\n  c: 1\n',
    ],
    [
      'with its bracket below its key',
      'a:\n  b:\n    command: ["/bin/sh", "-c", run\n  ]\n  c: 1\n',
    ],
    [
      'with a comment in it',
      'a:\n  b:\n    command: [ "/bin/sh", # a ] b\n  "-c",\n    run ]\n  c: 1\n',
    ],
    ['on Windows', 'a:\r\n  b:\r\n    command: ["/bin/sh", "-c",\r\n  run]\r\n  c: 1\r\n'],
  ])('is read: a list in brackets %s', (_, text) => {
    const value = only(text)
    expect(words(at(value, 'a', 'b', 'command'))).toEqual(['/bin/sh', '-c', 'run'])
    expect(textAt(value, 'a', 'c')).toBe('1')
  })

  it.each(['"', "'"])('is read: a text in %s with lines further left', (quote) => {
    const text = `env:\n  - name: A\n    value: ${quote}\n    -Xmx512m\n  -Xss1m\n    ${quote}\n  - name: B\n`
    const [first, second] = words(at(only(text), 'env'))
    expect([first, second]).toEqual(['mapping', 'mapping'])
    const value = only(text)
    const env = at(value, 'env')
    const variable = env?.kind === 'sequence' ? env.items[0] : undefined
    const said = textAt(variable ?? null, 'value') ?? ''
    expect(said.trim().split(/\s+/)).toEqual(['-Xmx512m', '-Xss1m'])
  })

  it('leaves texts in lines of their own as they are, and what is in them', () => {
    const text = 'a:\n  script: |\n    echo "[ {\n    }\n  command: [a,\n  b]\n  - x\n'
    expect(relaxedYaml(text)).toBe(
      'a:\n  script: |\n    echo "[ {\n    }\n  command: [a,   b]\n  - x\n',
    )
  })

  it('tells what is wrong all the same, at its place', () => {
    expect(read('a: [1,\n2\nb: "x\n')).toMatchObject({ ok: false })
    expect(read('a: "x\n')).toMatchObject({ ok: false })
    expect(read('command: [a,\nb]\nc: 1\n\td: 2\n')).toMatchObject({
      ok: false,
      problem: { at: { start: 21 } },
    })
  })

  it('keeps every letter but line ends and comments at its place, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a: ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '# x',
      '|',
      ',',
      'é',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        const relaxed = relaxedYaml(text)
        if (relaxed === null) return
        expect(relaxed.length).toBe(text.length)
        for (let index = 0; index < text.length; index++)
          expect([text[index], ' ']).toContain(relaxed[index])
      }),
    )
  })

  it('is in time for a text of megabytes', () => {
    expect(relaxedYaml(`a: "${'x'.repeat(4_000_000)}`)).toBeNull()
    expect(relaxedYaml(' '.repeat(4_000_000))).toHaveLength(4_000_000)
    expect(relaxedYaml('x '.repeat(2_000_000))).toHaveLength(4_000_000)
    expect(relaxedYaml(`a: [${'"b",\n'.repeat(600_000)}]`)).toHaveLength(3_000_005)
  }, 20_000)
})
