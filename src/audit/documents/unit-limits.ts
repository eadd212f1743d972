import { readSystemdSize } from '../../parsers/quantity/systemd.ts'
import type { HostSettings } from '../rule.ts'
import type { Size, Word } from '../workload.ts'
import { placeOf } from './spelled.ts'
import type { Setting } from './unit-file.ts'
import { lastOf, SECTIONS, type WholeUnit } from './units.ts'

/** Pages, in which systemd counts shares of the memory. */
const PAGE_BYTES = 4096

/** Limits of a unit, and of the slices above it. */
export interface Bounds {
  own: Size | null
  slice: Size | null
}

/** The tightest of some limits, as far as they are known. */
export function smallest(limits: readonly (Size | null)[]): Size | null {
  const known = limits.filter((limit) => limit !== null)
  const sized = known.filter(({ bytes }) => bytes !== null)
  return sized.toSorted((a, b) => (a.bytes ?? 0) - (b.bytes ?? 0))[0] ?? known[0] ?? null
}

/**
 * The limit that kills. MemoryLimit= is of cgroup v1: systemd up to 257 takes it where nothing of v2 is set (core/cgroup.c,
 * unit_has_unified_memory_config).
 */
export function limitOf(unit: WholeUnit, host: HostSettings): Size | null {
  const section = SECTIONS[unit.type]
  const isUnified = ['Min', 'Low', 'High', 'Max', 'SwapMax'].some(
    (name) => lastOf(unit, section, `Memory${name}`) !== null,
  )
  const setting = lastOf(unit, section, isUnified ? 'MemoryMax' : 'MemoryLimit')
  return setting === null ? null : sizeOf(setting, host)
}

function sizeOf({ value }: Setting, host: HostSettings): Size | null {
  return sizeOfWord({ text: value.text, place: placeOf(value) }, host)
}

/** A size of systemd; null for `infinity`, and without bytes for what systemd ignores. */
export function sizeOfWord({ text, place }: Word, host: HostSettings): Size | null {
  const size = readSystemdSize(text)
  if (size?.kind === 'infinity') return null
  const whole = host.memoryBytes
  const share =
    size?.kind !== 'share' || whole === null
      ? null
      : Math.floor((whole / PAGE_BYTES) * size.share) * PAGE_BYTES
  const bytes = size?.kind === 'bytes' ? size.bytes : share
  return { text, place, bytes }
}
