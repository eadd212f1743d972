/** What a lab asks of the kernel and of the machine, beside a place to be made in. */
import { unreachableError } from '../model/errors.ts'
import { surveyHost } from '../investigate/survey/host.ts'
import { findMemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import { textOrNull } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { THROTTLE } from './backends/slow-disk.ts'
import type { Lab, Need } from './lab.ts'

/** @throws StellaError (unreachable) where this kernel cannot do what the lab is about; nothing is made */
export function refuseWhatCannotBe(reader: Reader, { id, needs }: Pick<Lab, 'id' | 'needs'>): void {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) return
  for (const need of needs) {
    const why = WHY_NOT[need](reader, hierarchy)
    if (why !== null) throw unreachableError(why, id, "take another one: 'stella lab list'")
  }
}

/** @throws StellaError (unreachable) where a program that the lab is made with is not there; nothing is made */
export async function refuseWithout(
  reader: Reader,
  { id, programs }: Pick<Lab, 'id' | 'programs'>,
): Promise<void> {
  for (const program of programs) {
    const argv = ['sh', '-c', 'command -v "$1"', 'sh', program]
    const signal = AbortSignal.timeout(10_000)
    const found = await reader.run(argv, { signal, maxBytes: 4_096, env: reader.env })
    if (found.exitCode === 0) continue
    throw unreachableError(`it needs ${program}, which is not here`, id, `install ${program}`)
  }
}

const WHY_NOT: Readonly<
  Record<Need, (reader: Reader, hierarchy: MemoryHierarchy) => string | null>
> = {
  'oom-kill-disable': (_, { version }) =>
    version === 1
      ? null
      : 'this machine has cgroup v2, where killing at a limit cannot be switched off: --oom-kill-disable does nothing there, and memory.oom_control is gone',
  'slow-disk': (reader, { version }) =>
    version === 1 && textOrNull(reader, THROTTLE) !== null
      ? null
      : 'it takes cgroup v1 with its blkio controller: v2 holds the writer back in its own group, before its limit is full',
  'swap-accounting': (reader, hierarchy) =>
    surveyHost(reader, hierarchy)?.swapAccounting === false
      ? 'this machine does not count the swap of groups, so that they have no limit of it: it takes swapaccount=1 on the command line of the kernel'
      : null,
}
