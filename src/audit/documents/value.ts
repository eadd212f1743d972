import type { Place } from './place.ts'

/** What a YAML or JSON document holds, with the place of everything. Aliases are the values they stand for. */
export type Value = Scalar | Mapping | Sequence

export interface Scalar {
  kind: 'scalar'
  value: string | number | boolean | null
  /** A string without its quotes; anything else as it is written, so that `1e3` stays what it is. */
  text: string
  place: Place
}

export interface Mapping {
  kind: 'mapping'
  /** Merge keys (`<<`) are merged in; what stands in the mapping itself wins. */
  entries: ReadonlyMap<string, Entry>
  place: Place
}

export interface Entry {
  key: Place
  value: Value
}

export interface Sequence {
  kind: 'sequence'
  items: readonly Value[]
  place: Place
}

/** The value at the end of a path of keys; null where there is none. */
export function at(value: Value | null, ...path: readonly string[]): Value | null {
  let here = value
  for (const key of path) {
    if (here?.kind !== 'mapping') return null
    here = here.entries.get(key)?.value ?? null
  }
  return here
}

/** The place of the last key of a path. */
export function keyAt(value: Value | null, ...path: readonly string[]): Place | null {
  const parent = at(value, ...path.slice(0, -1))
  return parent?.kind === 'mapping' ? (parent.entries.get(path.at(-1) ?? '')?.key ?? null) : null
}

/** A scalar that says something: `key:` without a value is none. */
export function scalarAt(value: Value | null, ...path: readonly string[]): Scalar | null {
  const found = at(value, ...path)
  return found?.kind === 'scalar' && found.value !== null ? found : null
}

export function textAt(value: Value | null, ...path: readonly string[]): string | null {
  return scalarAt(value, ...path)?.text ?? null
}

export function mappingAt(value: Value | null, ...path: readonly string[]): Mapping | null {
  const found = at(value, ...path)
  return found?.kind === 'mapping' ? found : null
}

export function itemsAt(value: Value | null, ...path: readonly string[]): readonly Value[] {
  const found = at(value, ...path)
  return found?.kind === 'sequence' ? found.items : []
}

/** The entries of a mapping, as pairs. */
export function entriesAt(
  value: Value | null,
  ...path: readonly string[]
): readonly (readonly [name: string, entry: Entry])[] {
  const found = at(value, ...path)
  return found?.kind === 'mapping' ? [...found.entries] : []
}
