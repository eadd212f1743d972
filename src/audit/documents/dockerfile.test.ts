import { describe, expect, it } from 'vitest'
import { DOCKERFILE, imageOf } from './dockerfile.ts'
import { rawAt } from './place.ts'

function container(text: string) {
  const [found] = imageOf({ path: 'Dockerfile', text }).containers
  return {
    image: found?.image?.text,
    words: found?.words.map((word) => word.text),
    environment: Object.fromEntries(
      [...(found?.environment ?? [])].map(([name, { value }]) => [name, value]),
    ),
    places: found?.words.map(({ place }) => rawAt(place)),
  }
}

describe('a Dockerfile', () => {
  it('is known by its FROM, behind comments and arguments', () => {
    expect(
      DOCKERFILE.isMine({
        path: 'x',
        text: '# syntax=docker/dockerfile:1\n\nARG V=1\nFROM a:$V\n',
      }),
    ).toBe(true)
    expect(DOCKERFILE.isMine({ path: 'x', text: '# of Windows\r\nFROM a\r\n' })).toBe(true)
    expect(DOCKERFILE.isMine({ path: 'x', text: 'FROM: somebody\n' })).toBe(false)
    expect(DOCKERFILE.isMine({ path: 'x', text: 'apiVersion: v1\n# FROM a\n' })).toBe(false)
  })

  it('is none where nothing stands behind many empty lines, and that is told at once', () => {
    expect(DOCKERFILE.isMine({ path: 'x', text: `${'\n'.repeat(100_000)}hello\n` })).toBe(false)
  })

  it('runs what its last stage says, in either form', () => {
    const list = container(
      'FROM a AS one\nCMD ["no"]\nFROM b\nENTRYPOINT ["java", "-Xmx1g"]\nCMD ["-jar", "a b.jar"]\n',
    )
    expect(list.image).toBe('b')
    expect(list.words).toEqual(['java', '-Xmx1g', '-jar', 'a b.jar'])
    expect(list.places).toEqual(list.words)
    expect(container('FROM a\nCMD exec java \\\n  -Xmx1g # x\n').words?.slice(0, 3)).toEqual([
      'exec',
      'java',
      '-Xmx1g',
    ])
  })

  it('takes over the environment of the stage it is built on, and not of others', () => {
    const text =
      'FROM a AS base\nENV A=1 B="2 3" \\\n    C=4\nENV D 5 6\nFROM x AS other\nENV E=7\nFROM base\nENV F=$A\n'
    expect(container(text).environment).toEqual({ A: '1', B: '2 3', C: '4', D: '5 6', F: null })
  })

  it('reads on behind comments and empty lines within an instruction', () => {
    const text = [
      'FROM a',
      'ENV A=1 \\',
      "  # the builder's own, <<EOF",
      '',
      '  B=2 \\',
      '#C=3 \\',
      '  D=4',
      'CMD ["java", \\',
      '  # "-Xmx8g",',
      '  "-Xmx1g"]',
    ].join('\n')
    expect(container(text)).toMatchObject({
      environment: { A: '1', B: '2', D: '4' },
      words: ['java', '-Xmx1g'],
      places: ['java', '-Xmx1g'],
    })
  })

  it('does not take the text of a here-document for instructions', () => {
    expect(container('FROM a\nCMD ["yes"]\nRUN <<EOF\nCMD ["no"]\nEOF\nENV A=1\n')).toMatchObject({
      words: ['yes'],
      environment: { A: '1' },
    })
  })
})
