import type { Place } from './place.ts'
import {
  doubleQuotedEnd,
  quotedScalar,
  resolved,
  singleQuotedEnd,
  Unusual,
} from './plain-scalar.ts'
import type { Entry, Scalar, Value } from './value.ts'

const MAX_DEPTH = 40
/** A word or several, up to the sign that ends them. */
const WORDS = /-?[\w./$+][\w./$+@%=<>()^~ -]*/y

/** A list or a mapping in brackets that begins a stretch; it may end before the stretch does. */
export function flowValue({ file, start, end }: Place): Value {
  const { text } = file
  let at = start

  function value(depth: number): Value {
    if (depth > MAX_DEPTH) throw new Unusual()
    const first = text[at]
    if (first === '[') return sequence(depth)
    return first === '{' ? mapping(depth) : scalar()
  }

  function sequence(depth: number): Value {
    const from = at
    const items: Value[] = []
    for (at++; !closes(']', items.length);) items.push(value(depth + 1))
    return { kind: 'sequence', items, place: { file, start: from, end: at } }
  }

  function mapping(depth: number): Value {
    const from = at
    const entries = new Map<string, Entry>()
    for (at++; !closes('}', entries.size);) {
      const isQuoted = text[at] === '"' || text[at] === "'"
      const key = scalar()
      const name = isQuoted ? key.text : text.slice(key.place.start, key.place.end)
      if (text[at] !== ':' || name === '<<' || entries.has(name)) throw new Unusual()
      at++
      if (!isQuoted && text[at] !== ' ') throw new Unusual()
      skipBlank()
      const found = value(depth + 1)
      const isNothing = found.kind === 'scalar' && found.value === null
      entries.set(name, {
        key: key.place,
        value: isNothing ? { ...found, place: key.place } : found,
      })
    }
    return { kind: 'mapping', entries, place: { file, start: from, end: at } }
  }

  /** Goes to the next item; true behind the bracket that ends them. */
  function closes(bracket: string, before: number): boolean {
    skipBlank()
    if (text[at] === bracket && at < end) {
      at++
      return true
    }
    if (before > 0) {
      if (text[at] !== ',') throw new Unusual()
      at++
      skipBlank()
    }
    if (at >= end) throw new Unusual()
    return false
  }

  function scalar(): Scalar {
    const from = at
    const quote = text[at]
    if (quote === '"' || quote === "'") {
      at = (quote === '"' ? doubleQuotedEnd : singleQuotedEnd)(text, at, end)
      return quotedScalar({ file, start: from, end: at })
    }
    WORDS.lastIndex = at
    const raw = WORDS.exec(text)?.[0].trimEnd() ?? ''
    at = from + raw.length
    if (raw === '' || at > end) throw new Unusual()
    return resolved(raw, { file, start: from, end: at })
  }

  function skipBlank(): void {
    while (at < end && (text[at] === ' ' || text[at] === '\n')) at++
  }

  return value(0)
}
