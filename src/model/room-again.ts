import { MIB } from './bytes.ts'
import type { Binding } from './case.ts'

/** What one charge may ask for at once, a huge page among it, leaves a limit that is not quite full. */
const LEAST = { share: 0.1, bytes: 4 * MIB }

/**
 * Whether the group whose limit was reached had room again when the kernel counted for its report. It sees that nothing is left,
 * chooses a victim, and then counts (mm/memcontrol.c, mem_cgroup_out_of_memory; mm/oom_kill.c, dump_header): in between, one that
 * was killed a moment before may be gone at last.
 */
export function hadRoomAgain({
  scope,
  limitBytes,
  usageBytes,
}: Pick<Binding, 'scope' | 'limitBytes' | 'usageBytes'>): boolean {
  if (scope === 'host' || limitBytes === null || usageBytes === null) return false
  return limitBytes - usageBytes > Math.max(LEAST.share * limitBytes, LEAST.bytes)
}
