/** How often a memory group stood at its limit. */
import type { CgroupState } from './facts.ts'

type Counted = Pick<
  CgroupState,
  'version' | 'failcnt' | 'limitBytes' | 'swapLimitBytes' | 'events' | 'eventsLocal'
>

/** Of its own limit, where the kernel tells it apart from those of groups inside (v2, since 5.2). Null: it is not counted. */
export function limitHitsOf(state: Counted): number | null {
  const { version, failcnt, limitBytes, swapLimitBytes, events, eventsLocal } = state
  if (version === 2) return (eventsLocal ?? events)?.max ?? null
  return hitsOfVersionOne(failcnt, { limitBytes, swapLimitBytes })
}

/**
 * cgroup v1 asks the limit of memory and swap together first (try_charge_memcg, mm/memcontrol.c). Where that is no higher,
 * memory.failcnt stays 0, and Linux 6.18 leaves memory.memsw.failcnt at 0 as well: a 0 says nothing then.
 *
 * @param failcnt refusals that were counted
 */
export function hitsOfVersionOne(
  failcnt: number | null,
  { limitBytes, swapLimitBytes }: Pick<CgroupState, 'limitBytes' | 'swapLimitBytes'>,
): number | null {
  const isAskedLater =
    limitBytes !== null && swapLimitBytes !== null && swapLimitBytes <= limitBytes
  return failcnt === 0 && isAskedLater ? null : failcnt
}
