import { sizeOfWord } from '../../documents/unit-limits.ts'
import type { UnitType } from '../../documents/unit.ts'
import { SECTIONS } from '../../documents/units.ts'
import { scalarAt } from '../../documents/value.ts'
import type { HostSettings } from '../../rule.ts'
import type { Size, Workload } from '../../workload.ts'

const TYPES: readonly UnitType[] = ['service', 'slice', 'scope', 'container']

/** A setting of a unit that takes a size, with all drop-ins laid over it; null where it is not set, or set to infinity. */
export function unitSize(workload: Workload, key: string, host: HostSettings): Size | null {
  const type = TYPES.find((each) => each === workload.kind)
  const isUnit = workload.platform === 'systemd' || workload.platform === 'quadlet'
  if (type === undefined || !isUnit) return null
  const scalar = scalarAt(workload.root, SECTIONS[type], key)
  return scalar === null ? null : sizeOfWord(scalar, host)
}
