import { MIB } from '../../model/bytes.ts'
import type { Size, Variable } from '../workload.ts'
import { at, entriesAt, type Mapping, type Value } from './value.ts'

/** In MiB, fractions and all. */
export function mebibytes(value: Value | null): Size | null {
  if (value?.kind !== 'scalar' || typeof value.value !== 'number') return null
  return { text: value.text, place: value.place, bytes: Math.round(value.value * MIB) }
}

/** The agent sets what is asked for as the limit, unless a higher one is named; null for `unlimited`. */
export function limitAbove(owner: Mapping, request: Size | null): Size | null {
  const limit = at(owner, 'resourceLimits', 'mem')
  if (limit?.kind === 'scalar' && limit.text === 'unlimited') return null
  return mebibytes(limit) ?? request
}

/** Anything but a text is where a secret comes from. */
export function marathonEnvironment(owner: Mapping, key: string): Map<string, Variable> {
  const pairs = entriesAt(owner, key).map(([name, entry]): [string, Variable] => {
    const { value } = entry
    const text = value.kind === 'scalar' && value.value !== null ? value.text : null
    return [name, { value: text, place: value.place, name: entry.key, resource: null }]
  })
  return new Map(pairs)
}
