import type { Place } from '../../documents/place.ts'
import { placeOf } from '../../documents/spelled.ts'
import type { Setting } from '../../documents/unit-file.ts'
import type { Unit } from '../../documents/unit.ts'
import type { AuditContext } from '../../rule.ts'

/** Sections that take limits (systemd.resource-control(5)); those of Quadlet hand [Service] on. */
export const LIMITED_SECTIONS = ['Service', 'Slice', 'Scope', 'Socket', 'Mount', 'Swap'] as const

/** Settings that take a size. */
export const SIZES: readonly string[] = [
  'MemoryMax',
  'MemoryHigh',
  'MemoryLow',
  'MemoryMin',
  'MemorySwapMax',
  'MemoryZSwapMax',
  'MemoryLimit',
  'StartupMemoryMax',
  'StartupMemoryHigh',
  'StartupMemoryLow',
  'StartupMemorySwapMax',
  'StartupMemoryZSwapMax',
  'DefaultMemoryLow',
  'DefaultMemoryMin',
  'DefaultStartupMemoryLow',
]

/** An assignment that says something, in its file. */
export interface Assigned extends Setting {
  unit: Unit
  text: string
  place: Place
}

/** Every assignment of the files, whether a later one takes its place or not. */
export function* assignments({ units }: AuditContext): Generator<Assigned> {
  for (const unit of units) {
    for (const setting of unit.settings) {
      const { text } = setting.value
      if (text !== '') yield { ...setting, unit, text, place: placeOf(setting.value) }
    }
  }
}

export function takesLimits(section: string): boolean {
  return LIMITED_SECTIONS.some((known) => known === section)
}

/** A file that is made of a template is no unit yet: `@memory@`, `{{ memory }}`, `${MEMORY}`. */
export function isFilledIn(text: string): boolean {
  return !/[@{}<>$]/.test(text)
}
