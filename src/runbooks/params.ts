/** Values of parameters: what each type takes. None can be read as an option, or break a word. */
import { usageError } from '../model/errors.ts'
import type { Param, ParamType } from '../model/runbook.ts'

const PATTERNS: Readonly<Record<ParamType, readonly [RegExp, string]>> = {
  text: [/^[^\s-][^\n\r\0]{0,499}$/, 'one line that does not begin with -'],
  number: [/^\d{1,15}$/, 'a number in digits'],
  size: [/^\d{1,15}(?:\.\d{1,5})?(?:[KMGTP]i?)?$/, 'a size: 512Mi, 8Gi, 16G'],
  duration: [/^\d{1,9}[smhd]$/, 'a duration: 90s, 30m, 1h'],
  image: [/^[A-Za-z0-9][\w./:@+-]{0,499}$/, 'an image: registry:host/name:tag, docker:name'],
  job: [/^[0-9a-f][0-9a-f-]{3,35}$/, 'the id of a job, or its beginning'],
  case: [/^c_[0-9a-f]{4,32}$/, 'the id of a case: c_1f2e3d4c'],
  pool: [/^[a-z0-9][a-z0-9-]{0,39}$/, 'the name of a pool: large-images'],
  worker: [/^[a-z0-9][a-z0-9-]{0,59}$/, 'the name of a worker: default-1'],
  container: [/^[A-Za-z0-9][\w.-]{0,199}$/, 'the name or id of a container'],
  pid: [/^[1-9]\d{0,9}$/, 'the number of a process'],
  name: [/^[A-Za-z0-9][\w.-]{0,199}$/, 'a name of letters, digits, . _ and -'],
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
    const [pattern, what] = PATTERNS[param.type]
    if (!pattern.test(value)) {
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
