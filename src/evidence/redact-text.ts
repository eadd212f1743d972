import { isAmbiguousName, isMeasure, isSecretName } from './secret-name.ts'
import { REDACTED } from './redacted.ts'
import { redactShapes } from './secret-shapes.ts'

/**
 * Takes secrets out of a text: values of secret-looking names, passwords in URLs, authorization headers, and
 * secrets known by their shape. Applying it again changes nothing.
 *
 * @param note is told each value that stood behind a secret-looking name
 */
export function redactText(text: string, note: (secret: string) => void = ignore): string {
  let before = text
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const after = redactOnce(before, note)
    if (after === before) return after
    before = after
  }
  return before
}

/** Taking one secret out can pair up quotes differently and show another; ordinary texts are settled after one pass. */
const MAX_PASSES = 16

function redactOnce(text: string, note: (secret: string) => void): string {
  return redactShapes(redactAssignments(redactStrings(redactNamedPairs(text, note), note), note))
}

/** What to show for a value of this name: itself, or nothing of it. */
export function redactValue(name: string, value: string, note: (secret: string) => void): string {
  if (value === '' || value === REDACTED) return value
  if (!isSecretName(name) || isMeasure(name, value)) return redactText(value, note)
  note(value)
  return REDACTED
}

function ignore(): void {}

const STRING_BODY = String.raw`(?:\\[^]|[^"\\])*`
const NAME = String.raw`[A-Za-z_][\w.-]*`

/** A quoted string that is a whole assignment, as in the Env list of an inspect document: its value may hold spaces. */
const QUOTED_ASSIGNMENT = new RegExp(`"(-{0,2}${NAME})=(${STRING_BODY})("|$)`, 'g')
/** An option and its value as neighbours in a JSON list. */
const QUOTED_OPTION = new RegExp(`("--?(${NAME})"\\s*,\\s*")(${STRING_BODY})("|$)`, 'g')

function redactStrings(text: string, note: (secret: string) => void): string {
  return text
    .replace(
      QUOTED_ASSIGNMENT,
      (_whole, name: string, value: string, end: string) =>
        `"${name}=${redactValue(name, value, note)}${end}`,
    )
    .replace(QUOTED_OPTION, (_whole, before: string, name: string, value: string, end: string) => {
      const isOption = value.startsWith('-')
      return `${before}${isOption ? value : redactValue(name, value, note)}${end}`
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

function redactNamedPairs(text: string, note: (secret: string) => void): string {
  const replace = (
    _whole: string,
    before: string,
    name: string,
    value: string,
    end: string,
  ): string => `${before}${redactValue(name, value, note)}${end}`
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

function redactAssignments(text: string, note: (secret: string) => void): string {
  let result = ''
  let done = 0
  for (const match of text.matchAll(BINDING)) {
    if (match.index < done) continue
    const { name = '', sign = '', option } = match.groups ?? {}
    if (!isSecretName(name)) continue
    const bound = sign.trim()
    if (bound === '' && option === undefined) continue
    const start = match.index + match[0].length
    const value = valueAt(text, start, patternFor(text, match.index, name, bound))
    if (value === null || !isSecretValue(name, bound, value)) continue
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
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  return /^[\s-]*$/.test(text.slice(lineStart, at)) ? REST_OF_LINE : VALUE
}

function valueAt(text: string, start: number, pattern: RegExp): string | null {
  const isQuoted = /^\\?["']/.test(text.slice(start, start + 2))
  const sticky = isQuoted ? VALUE : pattern
  sticky.lastIndex = start
  return sticky.exec(text)?.[0] ?? null
}

function isSecretValue(name: string, bound: string, value: string): boolean {
  if (value.startsWith(REDACTED) || unquoted(value) === '' || isMeasure(name, value)) return false
  if (bound === '' && value.startsWith('-')) return false
  if (bound !== ':') return true
  if (/^[{[|>]/.test(value)) return false
  return (
    !isAmbiguousName(name) ||
    HEADER.test(name) ||
    /^["']/.test(value) ||
    /^(?=\S*\d)\S{6,}/.test(value)
  )
}

function unquoted(value: string): string {
  return value.replace(/^(["'])([^]*?)\1?$/, '$2')
}
