import { isAmbiguousName, isMeasure, isSecretName } from './secret-name.ts'
import { REDACTED } from './redacted.ts'
import { redactShapes } from './secret-shapes.ts'

/**
 * Takes secrets out of a text: values of secret-looking names, passwords in URLs, authorization headers, and
 * secrets known by their shape. Applying it again changes nothing.
 *
 * @param note is told each value that stood behind a secret-looking name
 */
export function redactText(text: string, note: Note = ignore): string {
  let before = text
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const after = redactOnce(before, note, 0)
    if (after === before) return after
    before = after
  }
  return before
}

/** Taking one secret out can pair up quotes differently and show another; ordinary texts are settled after one pass. */
const MAX_PASSES = 16

/** Values inside of values are texts of their own, as in JSON that stands in a variable; deeper ones are seen in the whole text alone. */
const DEEPEST = 3

function redactOnce(text: string, note: Note, depth: number): string {
  const pairs = redactNamedPairs(text, note, depth)
  return redactShapes(redactAssignments(redactStrings(pairs, note, depth), note))
}

/** What to show for a value of this name: itself, or nothing of it. */
export function redactValue(name: string, value: string, note: Note): string {
  return isSecret(name, value, note) ? REDACTED : redactText(value, note)
}

/** The same for one that stands in a text: the passes over that settle what stands in the value. */
function redactInside(name: string, value: string, note: Note, depth: number): string {
  if (isSecret(name, value, note)) return REDACTED
  return depth < DEEPEST ? redactOnce(value, note, depth + 1) : value
}

function isSecret(name: string, value: string, note: Note): boolean {
  if (value === '' || value === REDACTED) return false
  if (!isSecretName(name) || isMeasure(name, value)) return false
  note(value)
  return true
}

type Note = (secret: string) => void

function ignore(): void {}

/** A backslash at the very end is of what was cut off. */
const STRING_BODY = String.raw`(?:\\(?:[^]|$)|[^"\\])*`
const NAME = String.raw`[A-Za-z_][\w.-]*`

/** A quoted string that is a whole assignment, as in the Env list of an inspect document: its value may hold spaces. */
const QUOTED_ASSIGNMENT = new RegExp(`"(-{0,2}${NAME})=(${STRING_BODY})("|$)`, 'g')
/** An option and its value as neighbours in a JSON list. */
const QUOTED_OPTION = new RegExp(`("--?(${NAME})"\\s*,\\s*")(${STRING_BODY})("|$)`, 'g')

function redactStrings(text: string, note: Note, depth: number): string {
  return text
    .replace(
      QUOTED_ASSIGNMENT,
      (_whole, name: string, value: string, end: string) =>
        `"${name}=${redactInside(name, value, note, depth)}${end}`,
    )
    .replace(QUOTED_OPTION, (_whole, before: string, name: string, value: string, end: string) => {
      const isOption = value.startsWith('-')
      return `${before}${isOption ? value : redactInside(name, value, note, depth)}${end}`
    })
}

/** Kubernetes writes a variable as two fields, `name` and `value`. */
const NAMED_JSON = new RegExp(
  `("name"\\s*:\\s*"(${NAME})"\\s*,\\s*"value"\\s*:\\s*")(${STRING_BODY})("|$)`,
  'g',
)
const NAMED_YAML = new RegExp(
  `(name:[ \\t]*["']?(${NAME})["']?[ \\t]*\\r?\\n[ \\t]*value:[ \\t]*)([^\\r\\n]+)()`,
  'g',
)

function redactNamedPairs(text: string, note: Note, depth: number): string {
  const replace = (
    _whole: string,
    before: string,
    name: string,
    value: string,
    end: string,
  ): string => `${before}${redactInside(name, value, note, depth)}${end}`
  return text.replace(NAMED_JSON, replace).replace(NAMED_YAML, replace)
}

/** A name and what binds it to a value: `=`, `:`, `=>`, or a space behind an option. */
const BINDING = new RegExp(
  `(?<![\\w.-])(?<option>--?)?(?<name>${NAME})\\\\?["']?(?<sign>[ \\t]*(?:=>|=|:(?!//))[ \\t]*|[ \\t]+)`,
  'g',
)
const VALUE = /\\"[^"]*"?|"(?:\\[^]|[^"\\])*"?|'(?:\\[^]|[^'\\])*'?|[^\s"'][^\s"]*/y
const REST_OF_LINE = /[^\r\n]+/y
const REST_OF_HEADER = /[^\r\n"]+/y
const HEADER = /^(?:proxy-)?authorization$|cookie$/i

function redactAssignments(text: string, note: Note): string {
  let result = ''
  let done = 0
  for (const match of text.matchAll(BINDING)) {
    if (match.index < done) continue
    const { name = '', sign = '', option } = match.groups ?? {}
    if (!isSecretName(name)) continue
    const bound = sign.trim()
    if (bound === '' && option === undefined) continue
    const start = match.index + match[0].length
    if (!mayBeginSecret(name, bound, text.slice(start, start + HEAD_CHARS))) continue
    const value = valueAt(text, start, patternFor(text, match.index, name, bound))
    if (value === null || unquoted(value) === '' || isMeasure(name, value)) continue
    note(unquoted(value))
    result += text.slice(done, start) + REDACTED
    done = start + value.length
  }
  return result + text.slice(done)
}

/** A header, or a YAML field that begins its line: the value goes to the end of it. */
function patternFor(text: string, at: number, name: string, bound: string): RegExp {
  if (bound !== ':') return VALUE
  if (HEADER.test(name)) return REST_OF_HEADER
  return beginsItsLine(text, at) ? REST_OF_LINE : VALUE
}

/** But for blanks and the dash of a list. A line is not looked at as a whole: it may be long, and have many fields. */
function beginsItsLine(text: string, at: number): boolean {
  let before = at
  while (before > 0 && /[^\S\n]|-/.test(text.charAt(before - 1))) before--
  return before === 0 || text.charAt(before - 1) === '\n'
}

function valueAt(text: string, start: number, pattern: RegExp): string | null {
  const isQuoted = /^\\?["']/.test(text.slice(start, start + 2))
  const sticky = isQuoted ? VALUE : pattern
  sticky.lastIndex = start
  return sticky.exec(text)?.[0] ?? null
}

/** So much of a value shows what it may be: one that is none is not read to its end, which many may share. */
const HEAD_CHARS = 256

function mayBeginSecret(name: string, bound: string, head: string): boolean {
  if (head.startsWith(REDACTED)) return false
  if (bound !== ':') return bound !== '' || !head.startsWith('-')
  if (/^[{[|>]/.test(head)) return false
  if (!isAmbiguousName(name) || HEADER.test(name)) return true
  return /^["']/.test(head) || /^(?=\S*\d)\S{6,}/.test(head)
}

function unquoted(value: string): string {
  return value.replace(/^(["'])([^]*?)\1?$/, '$2')
}
