/** The attributes of a fence, `bash {id=size, kind=check, problemIf="size > 2GB"}`, which pages that do not know them leave out. */

export type AttributesRead =
  | { ok: true; attributes: ReadonlyMap<string, string> }
  /** `at` is counted from 0 in the text. */
  | { ok: false; says: string; at: number }

const NAME = /[A-Za-z][A-Za-z0-9-]*/y
const GAP = /[\s,]*/y
const BARE = /[^\s,"'{}]+/y

/** @param meta what stands behind the language; nothing, or text without braces, has no attributes */
export function readAttributes(meta: string): AttributesRead {
  const attributes = new Map<string, string>()
  const open = meta.indexOf('{')
  if (open === -1) return { ok: true, attributes }
  let at = open + 1
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const found = pattern.exec(meta)?.[0] ?? null
    at += found?.length ?? 0
    return found
  }
  for (;;) {
    take(GAP)
    if (meta[at] === '}') break
    if (at >= meta.length) return { ok: false, says: 'the attributes do not end with }', at }
    const start = at
    const name = take(NAME)
    if (name === null) return { ok: false, says: `no attribute begins with '${meta[at]}'`, at }
    if (attributes.has(name)) return { ok: false, says: `'${name}' stands there twice`, at: start }
    if (meta[at] !== '=') {
      // As a word alone: `{idempotent}`.
      attributes.set(name, 'true')
      continue
    }
    at++
    const value = meta[at] === '"' || meta[at] === "'" ? quoted() : take(BARE)
    if (value === null) return { ok: false, says: `'${name}' has no value that ends`, at }
    attributes.set(name, value)
  }
  const rest = meta.slice(at + 1).trim()
  if (rest !== '') return { ok: false, says: `'${rest.slice(0, 40)}' stands behind }`, at: at + 1 }
  return { ok: true, attributes }

  /** With the quote that began it doubled where it is meant as such. */
  function quoted(): string | null {
    const quote = meta[at] ?? ''
    let value = ''
    for (at++; at < meta.length; at++) {
      if (meta[at] !== quote) value += meta[at]
      else if (meta[at + 1] === quote) value += meta[at++]
      else {
        at++
        return value
      }
    }
    return null
  }
}
