/**
 * libyaml, and with it kubectl and Compose, takes quoted texts and lists in brackets whose later lines stand further left than
 * the specification allows. Here is the same text with each of them on one line: their line ends and comments are spaces, so
 * that every place stays where it is. Null where one of them never ends.
 *
 * @example relaxedYaml('a: [\n1\n]') // 'a: [ 1 ]'
 */
export function relaxedYaml(text: string): string | null {
  let relaxed = ''
  let at = 0
  while (at < text.length) {
    const value = valueOfLine(text, at)
    if (value.blockIndent !== null) {
      const end = endOfBlock(text, endOfLine(text, at), value.blockIndent)
      relaxed += text.slice(at, end)
      at = end
      continue
    }
    const end = endOfFlow(text, value.start)
    if (end === null) return null
    const next = endOfLine(text, end)
    relaxed += text.slice(at, value.start) + onOneLine(text.slice(value.start, end))
    relaxed += text.slice(end, next)
    at = next
  }
  return relaxed
}

const START = /[ \t]*(?:-[ \t]+)*/y
const KEY =
  /(?:"(?:[^"\\\n]|\\.){0,1000}"|'[^'\n]{0,1000}'|[^\s#'"[{&!|>][^#\n]{0,1000}?)[ \t]{0,100}:(?=[ \t\r\n]|$)[ \t]*/y
const PROPERTIES = /(?:[&!][^\s]*[ \t]+)*/y
const BLOCK = /[|>][-+\d]{0,2}[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/y

/** Where the value of a line begins; for a text in lines of its own, how far its parent is indented. */
function valueOfLine(text: string, from: number): { start: number; blockIndent: number | null } {
  const first = skip(START, text, from)
  const afterKey = skip(KEY, text, first)
  const start = skip(PROPERTIES, text, afterKey)
  if (skip(BLOCK, text, start) === start) return { start, blockIndent: null }
  const column = first - from
  const dash = text.slice(from, first).lastIndexOf('-')
  return { start, blockIndent: afterKey > first ? column : dash }
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

/** Behind the end of the line. */
function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline === -1 ? text.length : newline + 1
}

/** Behind the last line that is indented further than the parent, or empty. */
function endOfBlock(text: string, from: number, parentIndent: number): number {
  let at = from
  while (at < text.length) {
    const next = endOfLine(text, at)
    const line = text.slice(at, next)
    const indent = line.search(/[^ ]/)
    if (/\S/.test(line) && indent <= parentIndent) break
    at = next
  }
  return at
}

/** Behind a quoted text or a list in brackets; the place itself where none begins there, null where it does not end. */
function endOfFlow(text: string, start: number): number | null {
  const first = text[start]
  if (first === '"' || first === "'") return endOfQuoted(text, start)
  if (first !== '[' && first !== '{') return start
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const letter = text[at]
    if (letter === '[' || letter === '{') depth++
    else if (letter === ']' || letter === '}') depth--
    if (depth === 0) return at + 1
    const end = endOfPart(text, at)
    if (end === null) return null
    at = end - 1
  }
  return null
}

/** Behind a quoted text or a comment within brackets, else behind the one letter; null where a text does not end. */
function endOfPart(text: string, at: number): number | null {
  const isFirst = /[\s[{,:]/.test(text[at - 1] ?? '')
  if (isFirst && (text[at] === '"' || text[at] === "'")) return endOfQuoted(text, at)
  if (text[at] === '#' && /\s/.test(text[at - 1] ?? '')) return endOfLine(text, at) - 1
  return at + 1
}

function endOfQuoted(text: string, start: number): number | null {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text[at] === quote) {
      const isDoubled = quote === "'" && text[at + 1] === quote
      if (!isDoubled) return at + 1
      at++
    }
  }
  return null
}

/** The same length, with spaces for comments and line ends. */
function onOneLine(flow: string): string {
  const isQuoted = !/^[[{]/.test(flow)
  let line = ''
  for (let at = 0; at < flow.length;) {
    const end = isQuoted ? flow.length : (endOfPart(flow, at) ?? flow.length)
    const part = flow.slice(at, end)
    line += !isQuoted && part.startsWith('#') ? ' '.repeat(part.length) : part
    at = end
  }
  return line.replace(/[\r\n]/g, ' ')
}
