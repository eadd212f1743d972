/** Values of parameters: what each type takes. None can be read as an option, or break a word. */
import { usageError } from '../model/errors.ts'
import { PARAM_WORDS } from '../model/runbook.ts'
import type { Param, ParamType } from '../model/runbook.ts'

const PATTERNS: Readonly<Record<ParamType, RegExp>> = {
  text: /^[^\s-][^\n\r\0]{0,499}$/,
  number: /^\d{1,15}$/,
  size: /^\d{1,15}(?:\.\d{1,5})?(?:[KMGTP]i?)?$/,
  duration: /^\d{1,9}[smhd]$/,
  image: /^[A-Za-z0-9][\w./:@+-]{0,499}$/,
  job: /^[0-9a-f][0-9a-f-]{3,35}$/,
  case: /^c_[0-9a-f]{4,32}$/,
  pool: /^[a-z0-9][a-z0-9-]{0,39}$/,
  worker: /^[a-z0-9][a-z0-9-]{0,59}$/,
  container: /^[A-Za-z0-9][\w.-]{0,199}$/,
  engine: /^(?:docker|podman)$/,
  pid: /^[1-9]\d{0,9}$/,
  name: /^[A-Za-z0-9][\w.-]{0,199}$/,
}

/** Null: it is a value of this type; otherwise what one looks like. */
export function misfit(type: ParamType, value: string): string | null {
  return PATTERNS[type].test(value) ? null : PARAM_WORDS[type]
}

/** The values that parameters have where nobody gives one. */
export function usualValues(params: readonly Param[]): ReadonlyMap<string, string> {
  return new Map(params.flatMap(({ name, usual }) => (usual === null ? [] : [[name, usual]])))
}

/**
 * The values that a run has: those that were given, and those that are usual.
 *
 * @throws StellaError (usage) where one is none of its type, or nobody asked for it
 */
export function paramValues(
  params: readonly Param[],
  given: ReadonlyMap<string, string>,
): { values: ReadonlyMap<string, string>; missing: readonly Param[] } {
  for (const name of given.keys()) {
    if (params.some((param) => param.name === name)) continue
    const known = params.map((param) => param.name).join(', ')
    const todo = known === '' ? 'it has none' : `it has ${known}`
    throw usageError(`this runbook has no parameter '${name.slice(0, 60)}'`, '--param', todo)
  }
  const values = new Map<string, string>()
  const missing: Param[] = []
  for (const param of params) {
    const value = given.get(param.name) ?? param.usual
    if (value === null) {
      missing.push(param)
      continue
    }
    const what = misfit(param.type, value)
    if (what !== null) {
      throw usageError(
        `'${value.slice(0, 60)}' is no ${param.type}`,
        `--param ${param.name}`,
        `give ${what}`,
      )
    }
    values.set(param.name, value)
  }
  return { values, missing }
}
