/** A limit that a group is under, with what counts against it. */
export interface LimitState {
  scope: 'own' | 'ancestor' | 'host'
  /** The group whose limit it is; null for the machine. */
  path: string | null
  limitBytes: number
  /** The working set of what is under the limit; null is not known. */
  usedBytes: number | null
  /** How much more fits before something must be killed; null is not known. */
  headroomBytes: number | null
}

/**
 * The limit that is reached first: the one with the least room. The kernel checks every group on the way up, and the machine
 * comes last (try_charge in mm/memcontrol.c), so a container dies of a small limit above it whatever its own says.
 *
 * @param limits nearest first; of two with the same room the nearer one binds
 */
export function bindingLimit<T extends LimitState>(limits: Iterable<T>): T | null {
  let binding: T | null = null
  for (const limit of limits) {
    if (binding === null || room(limit) < room(binding)) binding = limit
  }
  return binding
}

/** Where nothing is known of what is used, a limit can at most be as far away as it is large. */
function room(limit: LimitState): number {
  return limit.headroomBytes ?? limit.limitBytes
}
