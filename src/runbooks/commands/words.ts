/** Command lines that need no shell: words, quotes, pipes and comments. Anything more is refused, and told by its name. */

/** The programs of a pipe, each with its words. A word keeps its parameters apart, so that their values never become words. */
export interface Pipeline {
  programs: readonly (readonly Word[])[]
}

export type WordPart = { kind: 'text'; text: string } | { kind: 'param'; name: string }
export type Word = readonly WordPart[]

export type WordsRead =
  | { ok: true; pipeline: Pipeline }
  | { ok: false; says: string; endsInQuote?: boolean }

/** Outside of quotes these mean something to a shell. */
const SHELL_ONLY: ReadonlyMap<string, string> = new Map([
  [';', ';'],
  ['&', '&'],
  ['<', 'a redirection'],
  ['>', 'a redirection'],
  ['(', 'a subshell'],
  [')', 'a subshell'],
  ['`', 'backticks'],
  ['$', '$'],
  ['*', 'a pattern of file names'],
  ['?', 'a pattern of file names'],
  ['[', 'a pattern of file names'],
])
const PARAM = /^\$\{([A-Za-z][A-Za-z0-9_]*)\}/

/** More does no system take as one argument, and no person reads. Characters. */
export const MOST_COMMAND = 16_384

export function readWords(line: string): WordsRead {
  if (line.length > MOST_COMMAND) return { ok: false, says: 'it is longer than a command can be' }
  const programs: WordPart[][][] = [[]]
  let word: WordPart[] | null = null
  let quote: '"' | "'" | null = null
  const text = (piece: string): void => {
    word ??= []
    const last = word.at(-1)
    if (last?.kind === 'text') last.text += piece
    else word.push({ kind: 'text', text: piece })
  }
  const end = (): void => {
    if (word !== null) programs.at(-1)?.push(word)
    word = null
  }

  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    const rest = line.slice(at)
    const param = quote === "'" ? null : PARAM.exec(rest)
    if (param !== null) {
      word ??= []
      word.push({ kind: 'param', name: param[1] ?? '' })
      at += param[0].length - 1
      continue
    }
    if (quote !== null) {
      if (char === quote) quote = null
      else if (quote === '"' && char === '\\' && /["\\$`]/.test(line[at + 1] ?? '')) {
        text(line[++at] ?? '')
      } else if (quote === '"' && (char === '$' || char === '`')) {
        return { ok: false, says: `it needs a shell for ${char === '`' ? 'backticks' : '$'}` }
      } else text(char)
      continue
    }
    if (char === '"' || char === "'") {
      quote = char
      text('')
    } else if (char === '\\') text(line[++at] ?? '')
    else if (/\s/.test(char)) end()
    else if (char === '#' && word === null) break
    else if (char === '|') {
      if (line[at + 1] === '|') return { ok: false, says: 'it needs a shell for ||' }
      end()
      if (programs.at(-1)?.length === 0) return { ok: false, says: 'a pipe begins with nothing' }
      programs.push([])
    } else {
      const shell = SHELL_ONLY.get(char)
      if (shell !== undefined) return { ok: false, says: `it needs a shell for ${shell}` }
      text(char)
    }
  }
  if (quote !== null) {
    return { ok: false, says: `a quote that begins with ${quote} does not end`, endsInQuote: true }
  }
  end()
  if (programs.length > 1 && programs.at(-1)?.length === 0) {
    return { ok: false, says: 'a pipe ends with nothing' }
  }
  return { ok: true, pipeline: { programs: programs.filter((words) => words.length > 0) } }
}

/** The words with their parameters filled in, each one word whatever the value holds. */
export function filled(words: readonly Word[], values: ReadonlyMap<string, string>): string[] {
  return words.map((word) =>
    word
      .map((part) =>
        part.kind === 'text' ? part.text : (values.get(part.name) ?? `\${${part.name}}`),
      )
      .join(''),
  )
}

/** Names of the parameters in it. */
export function paramsIn({ programs }: Pipeline): readonly string[] {
  return programs.flat(2).flatMap((part) => (part.kind === 'param' ? [part.name] : []))
}
