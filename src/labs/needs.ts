/** What a lab asks of the kernel, beside a place to be made in. */
import { unreachableError } from '../model/errors.ts'
import { findMemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import type { Reader } from '../sources/reader.ts'
import type { Lab, Need } from './lab.ts'

/** @throws StellaError (unreachable) where this kernel cannot do what the lab is about; nothing is made */
export function refuseWhatCannotBe(reader: Reader, { id, needs }: Pick<Lab, 'id' | 'needs'>): void {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) return
  for (const need of needs) {
    const why = WHY_NOT[need](hierarchy)
    if (why !== null) throw unreachableError(why, id, "take another one: 'stella lab list'")
  }
}

const WHY_NOT: Readonly<Record<Need, (hierarchy: MemoryHierarchy) => string | null>> = {
  'oom-kill-disable': ({ version }) =>
    version === 1
      ? null
      : 'this machine has cgroup v2, where killing at a limit cannot be switched off: --oom-kill-disable does nothing there, and memory.oom_control is gone',
}
