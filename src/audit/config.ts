import * as z from 'zod/mini'
import { usageError } from '../model/errors.ts'
import { readSize } from '../parsers/quantity/own.ts'
import { positionOf, type Place, type SourceFile } from './documents/place.ts'
import type { Value } from './documents/value.ts'
import { readYaml } from './documents/yaml.ts'
import { SEVERITIES, type Severity } from './rule.ts'
import { RULES } from './rules/index.ts'

/** What a repository has decided, once for all who judge it. Null where it says nothing. */
export interface AuditConfig {
  /** Globs, relative to the folder of the file. */
  exclude: readonly string[]
  /** Rules that are switched off, each with its reason. */
  off: ReadonlyMap<string, string>
  /** Rules that speak only where they are asked for, and are. */
  on: ReadonlySet<string>
  /** All such rules are asked for. */
  isPedantic: boolean
  /** The mildest severity that fails. */
  failOn: Severity | null
  cgroup: 'v1' | 'v2' | null
  hostMemoryBytes: number | null
}

export const NO_CONFIG: AuditConfig = {
  exclude: [],
  off: new Map(),
  on: new Set(),
  isPedantic: false,
  failOn: null,
  cgroup: null,
  hostMemoryBytes: null,
}

const OPTIONAL = RULES.filter(({ isOptional }) => isOptional === true).map(({ id }) => id)

/** The form of `.stella-audit.yaml`. */
export const AUDIT_CONFIG_SHAPE = z.strictObject({
  exclude: z.optional(
    described(
      z.array(text()).check(z.maxLength(1_000)),
      'Globs, relative to the folder of this file, of files and folders that are not judged',
    ),
  ),
  off: z.optional(
    described(
      z.partialRecord(z.enum(RULES.map(({ id }) => id)), text()),
      'Rules that are switched off, each with its reason',
    ),
  ),
  on: z.optional(
    described(
      z.array(z.enum(OPTIONAL)).check(z.maxLength(1_000)),
      'Rules that speak, although they are true of most correct files',
    ),
  ),
  pedantic: z.optional(
    described(z.boolean(), 'Whether all rules speak that are true of most correct files'),
  ),
  failOn: z.optional(
    described(
      z.enum(SEVERITIES),
      'The mildest severity that fails; milder findings are only shown',
    ),
  ),
  cgroup: z.optional(
    described(z.enum(['v1', 'v2']), 'Version of the memory controller where it will run'),
  ),
  hostMemory: z.optional(
    described(
      z.string().check(z.regex(/^\d/), z.maxLength(50)),
      'Memory of the machine where Compose projects will run, as in 8Gi',
    ),
  ),
})

/** What can be written, for whoever wrote something else. */
const WHAT_TO_WRITE: Readonly<Record<string, string>> = {
  exclude: "write a list of globs, as in ['vendor/**']",
  off: "write rules with their reasons, as in 'K16: the namespace has quotas'",
  on: `write a list of rules that are silent otherwise: ${OPTIONAL.join(', ')}`,
  pedantic: 'write true or false',
  failOn: `write one of ${SEVERITIES.join(', ')}`,
  cgroup: 'write v1 or v2',
  hostMemory: 'write a size, as in 8Gi',
}

/**
 * Reads a configuration of the audit.
 *
 * @throws StellaError (usage) that names the file, the line and the column
 */
export function readAuditConfig(file: SourceFile): AuditConfig {
  const whole: Place = { file, start: 0, end: file.text.length }
  const reading = readYaml(whole)
  if (!reading.ok) throw refused(reading.problem.at, reading.problem.what, reading.problem.todo)
  const [value] = reading.values
  if (value === undefined) return NO_CONFIG
  const parsed = z.safeParse(AUDIT_CONFIG_SHAPE, plain(value, new Map()))
  if (!parsed.success) throw wrongSetting(value, parsed.error)
  const { exclude = [], off = {}, on = [], failOn = null, cgroup = null } = parsed.data
  const { pedantic = false, hostMemory } = parsed.data
  return {
    exclude,
    off: new Map(Object.entries(off).map(([rule, reason = '']) => [rule, reason])),
    on: new Set(on),
    isPedantic: pedantic,
    failOn,
    cgroup,
    hostMemoryBytes: hostMemory === undefined ? null : hostSize(value, hostMemory),
  }
}

/** A text that says something. */
function text(): z.ZodMiniString {
  return z.string().check(z.regex(/\S/), z.maxLength(1_000))
}

function described<Shape extends z.ZodMiniType>(shape: Shape, description: string): Shape {
  z.globalRegistry.add(shape, { description })
  return shape
}

/** What an alias stands for stays one object, so that nothing grows. */
function plain(value: Value, known: Map<Value, unknown>): unknown {
  const before = known.get(value)
  if (before !== undefined) return before
  const made =
    value.kind === 'scalar'
      ? value.value
      : value.kind === 'sequence'
        ? value.items.map((item) => plain(item, known))
        : Object.fromEntries(
            [...value.entries].map(([key, entry]) => [key, plain(entry.value, known)]),
          )
  known.set(value, made)
  return made
}

function hostSize(value: Value, written: string): number {
  const reading = readSize(written)
  if (reading.ok && reading.bytes > 0) return reading.bytes
  const what = reading.ok ? 'no machine has 0 bytes' : reading.problem
  throw refused(placeAt(value, ['hostMemory']), what, reading.ok ? 'write 8Gi' : reading.todo)
}

function wrongSetting(value: Value, error: z.core.$ZodError): Error {
  const [issue] = error.issues
  const path = issue?.path ?? []
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const at = placeAt(value, unknown === undefined ? path : [...path, unknown])
  const setting = String(path[0] ?? '')
  const known = `write one of ${Object.keys(WHAT_TO_WRITE).join(', ')}`
  if (unknown === undefined) {
    const what =
      path.length === 0 ? 'it holds no settings' : `${path.map(String).join('.')} is not understood`
    return refused(at, what, WHAT_TO_WRITE[setting] ?? known)
  }
  const name = `'${unknown.slice(0, 40)}'`
  if (path.length === 0) return refused(at, `there is no setting ${name}`, known)
  return refused(at, `there is no rule ${name}`, 'name one of the reference, as in K16')
}

/** The last part of a path that stands in the file: of a setting its value, of one that is unknown its key. */
function placeAt(value: Value, path: readonly PropertyKey[]): Place {
  let { place } = value
  let here: Value | undefined = value
  for (const key of path) {
    if (here?.kind === 'mapping') {
      const entry = here.entries.get(String(key))
      place = entry?.key ?? place
      here = entry?.value
    } else if (here?.kind === 'sequence') {
      here = here.items[Number(key)]
      place = here?.place ?? place
    }
  }
  return place
}

function refused(at: Place, what: string, todo: string): Error {
  const { line, column } = positionOf(at)
  return usageError(what, `${at.file.path}:${line}:${column}`, todo)
}
