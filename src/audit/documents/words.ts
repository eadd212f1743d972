import { placeWithin } from './place.ts'
import type { Word } from '../workload.ts'
import type { Value } from './value.ts'

/** A program, its arguments and the operators of a shell. Quotes keep a word together; nothing is expanded. */
const WORD = /&&|\|\||[;|&]|(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s;|&"'\\])+/g
const MAX_WORDS = 2_000

/**
 * The words of a shell's script or of a variable with options, each with its place.
 *
 * @example shellWords({ text: 'exec java -Xmx1g', place }) // exec, java, -Xmx1g
 */
export function shellWords({ text, place }: Word): Word[] {
  const words: Word[] = []
  let from = 0
  for (const [raw] of text.matchAll(WORD)) {
    if (words.length >= MAX_WORDS) break
    const found = placeWithin(place, raw, from)
    if (found !== place) from = found.end - place.start
    words.push({ text: unquoted(raw), place: found })
  }
  return words
}

function unquoted(raw: string): string {
  return raw.replace(/\\(.)|"((?:\\.|[^"\\])*)"?|'([^']*)'?/g, (_, escaped, double, single) =>
    String(escaped ?? double ?? single ?? ''),
  )
}

const SHELL = /(?:^|\/)(?:ba|da|a|k|z)?sh$/

/** The words of a command in its list form, with the script behind `sh -c` taken apart. */
export function commandWords(items: readonly Word[]): Word[] {
  const words: Word[] = []
  let shell = false
  for (const [at, item] of items.entries()) {
    shell ||= SHELL.test(item.text)
    const isScript = shell && /^-[a-z]*c$/.test(items[at - 1]?.text ?? '')
    if (isScript) words.push(...shellWords(item))
    else words.push(item)
  }
  return words
}

/** The items of a list as words. */
export function wordsOf(items: readonly Value[]): Word[] {
  return items.flatMap((item) =>
    item.kind === 'scalar' ? [{ text: item.text, place: item.place }] : [],
  )
}

/** What only starts the program that follows. */
const STARTERS = new Set([
  'exec',
  '&&',
  '||',
  ';',
  '|',
  '&',
  '--',
  'tini',
  'dumb-init',
  'env',
  'nohup',
  'time',
  'then',
  'do',
  'su-exec',
  'gosu',
  'catatonit',
])

/** Where one of these programs is started: the index of its word, or -1. */
export function programIndex(words: readonly Word[], program: RegExp): number {
  return words.findIndex(({ text }, at) => {
    if (!program.test(baseName(text))) return false
    return isStart(words, at)
  })
}

/** Whether a word stands where a shell or a kernel looks for a program. */
function isStart(words: readonly Word[], at: number): boolean {
  let first = at
  // `FOO=bar java …`
  while (/^[A-Za-z_]\w*=/.test(words[first - 1]?.text ?? '')) first--
  const before = words[first - 1]?.text
  if (before === undefined || STARTERS.has(baseName(before))) return true
  // `sh -c java …`, `poetry run gunicorn`, `tini -g java`, `gosu user java`.
  const earlier = words[first - 2]?.text ?? ''
  if (/^-[a-z]*c$/.test(before) && SHELL.test(earlier)) return true
  if (before === 'run' && /^(?:poetry|pipenv|uv|pdm|hatch|rye)$/.test(baseName(earlier)))
    return true
  return /^-[gs]$/.test(before) || /^(?:gosu|su-exec)$/.test(baseName(earlier))
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The words of one program: from its name to the operator that ends it. */
export function programWords(words: readonly Word[], program: RegExp): readonly Word[] {
  const start = programIndex(words, program)
  if (start === -1) return []
  const end = words.findIndex(({ text }, at) => at > start && /^(?:&&|\|\||[;|&])$/.test(text))
  return words.slice(start, end === -1 ? words.length : end)
}
