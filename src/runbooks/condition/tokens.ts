import { readSize } from '../../parsers/quantity/own.ts'

export type Token =
  | { kind: 'number'; value: number; at: number }
  | { kind: 'text'; value: string; at: number }
  | { kind: 'name'; value: string; at: number }
  | { kind: 'pattern'; value: RegExp; at: number }
  | { kind: 'sign'; value: Sign; at: number }

const SIGNS = ['||', '&&', '==', '!=', '>=', '<=', '>', '<', '!', '(', ')'] as const
export type Sign = (typeof SIGNS)[number]

export type Tokens =
  | { ok: true; tokens: readonly Token[] }
  | { ok: false; says: string; at: number }

const NUMBER = /-?\d+(?:\.\d+)?/y
const UNIT = /[A-Za-z%]{1,3}/y
const NAME = /[A-Za-z_][\w-]*(?:\.[\w-]+)*/y
const QUOTED = /"([^"]*)"|'([^']*)'/y
const PATTERN = /\/((?:[^/\\\n]|\\.)+)\/(i?)/y

export function tokensOf(text: string): Tokens {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    at += found?.[0].length ?? 0
    return found
  }
  while (at < text.length) {
    const start = at
    if (/\s/.test(text[at] ?? '')) {
      at++
      continue
    }
    const sign = SIGNS.find((each) => text.startsWith(each, at))
    if (sign !== undefined) {
      at += sign.length
      tokens.push({ kind: 'sign', value: sign, at: start })
      continue
    }
    const number = take(NUMBER)
    if (number !== null) {
      const unit = take(UNIT)?.[0] ?? ''
      const value = unit === '' || unit === '%' ? Number(number[0]) : sizeOf(number[0], unit)
      if (value === null) return { ok: false, says: `'${number[0]}${unit}' is no size`, at: start }
      tokens.push({ kind: 'number', value, at: start })
      continue
    }
    const quoted = take(QUOTED)
    if (quoted !== null) {
      tokens.push({ kind: 'text', value: quoted[1] ?? quoted[2] ?? '', at: start })
      continue
    }
    const pattern = take(PATTERN)
    if (pattern !== null) {
      try {
        const value = new RegExp(pattern[1] ?? '', `m${pattern[2] ?? ''}`)
        tokens.push({ kind: 'pattern', value, at: start })
      } catch {
        return { ok: false, says: `${pattern[0]} is no pattern`, at: start }
      }
      continue
    }
    const name = take(NAME)
    if (name === null) return { ok: false, says: `'${text[at]}' means nothing here`, at }
    tokens.push({ kind: 'name', value: name[0], at: start })
  }
  return { ok: true, tokens }
}

/** As people write sizes in conditions: 2GB is decimal, 2GiB and 2Gi are binary. */
function sizeOf(number: string, unit: string): number | null {
  const read = readSize(`${number}${unit.replace(/^([KMGTP])B$/, '$1')}`)
  return read.ok ? read.bytes : null
}
