import type { Excerpt } from '../documents/excerpt.ts'
import { linesOf, unquotedPart } from '../documents/lines.ts'
import type { Word } from '../workload.ts'

/** More than any program is given. */
const MAX_WORDS = 2_000
const WORD = /(?:[^\s"'#]|"[^"]*"|'[^']*')+|#/g

/** The words of a file of arguments, `java @options` or -XX:VMOptionsFile: quotes keep a word together, `#` begins a comment. */
export function argumentWords(excerpt: Excerpt): Word[] {
  const words: Word[] = []
  for (const line of linesOf(excerpt)) {
    for (const match of line.text.matchAll(WORD)) {
      if (match[0] === '#' || words.length >= MAX_WORDS) break
      words.push(unquotedPart(line, match.index, match[0]))
    }
  }
  return words
}

/**
 * The options of a jvm.options of Elasticsearch or OpenSearch: one on each line. Those for some versions of Java alone (`8-13:`)
 * are left out: which one runs stands elsewhere.
 */
export function optionLines(excerpt: Excerpt): Word[] {
  return linesOf(excerpt).flatMap((line) => {
    const option = line.text.trim()
    const before = line.text.length - line.text.trimStart().length
    return /^-\S/.test(option) ? [unquotedPart(line, before, option)] : []
  })
}
