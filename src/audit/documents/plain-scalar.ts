import { rawAt, type Place } from './place.ts'
import type { Scalar } from './value.ts'

/** YAML that the quick reader leaves to the whole one. */
export class Unusual extends Error {}

/** Where a text in double quotes ends that begins here; it has to end before a place. */
export function doubleQuotedEnd(text: string, start: number, before: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1 && isEscaped(text, start, at)) at = text.indexOf('"', at + 1)
  if (at === -1 || at >= before) throw new Unusual()
  return at + 1
}

function isEscaped(text: string, start: number, at: number): boolean {
  let first = at
  while (first - 1 > start && text[first - 1] === '\\') first--
  return (at - first) % 2 === 1
}

/** Where a text in single quotes ends that begins here; it has to end before a place. */
export function singleQuotedEnd(text: string, start: number, before: number): number {
  let at = text.indexOf("'", start + 1)
  while (at !== -1 && text[at + 1] === "'") at = text.indexOf("'", at + 2)
  if (at === -1 || at >= before) throw new Unusual()
  return at + 1
}

/** A text in quotes, on one line. */
export function quotedScalar(place: Place): Scalar {
  const raw = rawAt(place)
  if (/[\t\r\n]/.test(raw)) throw new Unusual()
  const inner = raw.slice(1, -1)
  const text =
    raw[0] === "'" ? inner.replaceAll("''", "'") : inner.includes('\\') ? unescaped(raw) : inner
  return { kind: 'scalar', value: text, text, place }
}

/** The escapes of JSON mean the same in YAML. */
function unescaped(raw: string): string {
  try {
    return String(JSON.parse(raw))
  } catch {
    throw new Unusual()
  }
}

/** Not one of YAML's own signs, or one that a character follows. */
const BEGINS = /^(?:[^\s,[\]{}#&*!|>'"%@`?:-]|[?:-][^\s,[\]{}])/

/** A scalar without quotes that begins a stretch of a line; a comment ends it. */
export function plainScalar({ file, start, end }: Place): Scalar {
  const line = file.text.slice(start, end)
  const comment = line.indexOf(' #')
  const raw = (comment === -1 ? line : line.slice(0, comment)).trimEnd()
  if (!BEGINS.test(raw) || /:(?: |$)|[\t\r\uFEFF]/.test(raw)) throw new Unusual()
  return resolved(raw, { file, start, end: start + raw.length })
}

/** As the core schema of YAML 1.2 has it, of which only the numbers people do not write are left out. */
export function resolved(raw: string, place: Place): Scalar {
  if (!/^[-+.\d~nNtTfF]/.test(raw)) return { kind: 'scalar', value: raw, text: raw, place }
  if (/^(?:~|[Nn]ull|NULL)$/.test(raw)) return { kind: 'scalar', value: null, text: '', place }
  return { kind: 'scalar', value: valueOf(raw), text: raw, place }
}

function valueOf(raw: string): string | number | boolean {
  if (/^(?:[Tt]rue|TRUE)$/.test(raw)) return true
  if (/^(?:[Ff]alse|FALSE)$/.test(raw)) return false
  if (/^[-+]?\d+$/.test(raw)) return Number.parseInt(raw, 10)
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(raw)) return Number.parseFloat(raw)
  if (/^(?:0[ox]|[-+]?\.(?:inf|nan)$)/i.test(raw)) throw new Unusual()
  return raw
}
