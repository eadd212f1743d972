import type { Said } from '../machine.ts'
import type { Place } from './place.ts'
import { at, scalarAt } from './value.ts'
import type { Value } from './value.ts'

/** What stands at a key, where it is one value. */
export function said(value: Value | null, key: string): { value: unknown; place: Place } | null {
  const found = at(value, key)
  return found?.kind === 'scalar' ? found : null
}

export function saidNumber(value: Value | null, key: string): Said<number> | null {
  const found = said(value, key)
  return typeof found?.value === 'number' ? { value: found.value, place: found.place } : null
}

export function saidBoolean(value: Value | null, key: string): Said<boolean> | null {
  const found = said(value, key)
  return typeof found?.value === 'boolean' ? { value: found.value, place: found.place } : null
}

export function saidText(value: Value | null, key: string): Said<string> | null {
  const found = scalarAt(value, key)
  return found === null ? null : { value: found.text, place: found.place }
}
