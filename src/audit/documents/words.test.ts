import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Word } from '../workload.ts'
import { rawAt } from './place.ts'
import { commandWords, programWords, shellWords } from './words.ts'

function whole(text: string): Word {
  return { text, place: { file: { path: 'a', text }, start: 0, end: text.length } }
}

const texts = (words: readonly Word[]): string[] => words.map(({ text }) => text)

describe('the words of a shell', () => {
  it.each([
    ['exec java -Xmx1g -jar a.jar', ['exec', 'java', '-Xmx1g', '-jar', 'a.jar']],
    [`java "-Dname=a b" 'c d' e\\ f`, ['java', '-Dname=a b', 'c d', 'e f']],
    ['A="-Xmx1g -Xms1g" B=2', ['A=-Xmx1g -Xms1g', 'B=2']],
    ['a&&b;c|d', ['a', '&&', 'b', ';', 'c', '|', 'd']],
    ['redis-server --save ""', ['redis-server', '--save', '']],
  ])('%s', (text, words) => {
    expect(texts(shellWords(whole(text)))).toEqual(words)
  })

  it('stand where they are found', () => {
    for (const { text, place } of shellWords(whole('java -Xmx1g  -Xmx1g\n  -Xss1m'))) {
      expect(rawAt(place)).toBe(text)
    }
  })

  it('never throw, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { place } of shellWords(whole(text))) expect(place.end <= text.length).toBe(true)
      }),
    )
  })
})

describe('a command', () => {
  it('has the script of a shell taken apart, and nothing else', () => {
    const words = commandWords(['sh', '-ec', 'exec node a.js', 'b c'].map(whole))
    expect(texts(words)).toEqual(['sh', '-ec', 'exec', 'node', 'a.js', 'b c'])
    expect(texts(commandWords(['node', '-e', 'a b'].map(whole)))).toEqual(['node', '-e', 'a b'])
  })

  it.each([
    ['java -jar a.jar', 'java -jar a.jar'],
    ['/usr/bin/java -jar a.jar', '/usr/bin/java -jar a.jar'],
    ['tini -- java -jar a.jar', 'java -jar a.jar'],
    ['set -e; A=1 exec java -jar a.jar && echo done', 'java -jar a.jar'],
    ['pkill java', ''],
    ['grep java /etc/passwd', ''],
    ['./start --runtime java', ''],
  ])('%s starts java, or does not', (text, started) => {
    expect(texts(programWords(shellWords(whole(text)), /^java$/)).join(' ')).toBe(started)
  })
})
