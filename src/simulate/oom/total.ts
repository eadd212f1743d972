/** What the swap beside a group's memory is limited to: a size, no limit, or not known. */
export type SwapAllowance = number | 'unlimited' | 'unknown'

/**
 * `totalpages` of a memory group in bytes, as mem_cgroup_get_max() has it: the limit, and of the swap allowed on top no more
 * than the machine has. On v1 the allowance is what memory.memsw leaves above the limit, on v2 memory.swap.max.
 *
 * @returns null where the machine's swap matters and is not known
 */
export function groupTotalBytes(group: {
  limitBytes: number
  swap: SwapAllowance
  /** SwapTotal of /proc/meminfo. */
  machineSwapBytes: number | null
  /** 0 keeps swap out of the sum. */
  swappiness: number | null
}): number | null {
  if (group.swap === 0 || group.swappiness === 0 || group.machineSwapBytes === 0) {
    return group.limitBytes
  }
  if (group.machineSwapBytes === null || group.swap === 'unknown') return null
  const allowed = group.swap === 'unlimited' ? group.machineSwapBytes : group.swap
  return group.limitBytes + Math.min(allowed, group.machineSwapBytes)
}

/** `totalpages` of the machine in bytes: RAM that the kernel manages, and swap. */
export function hostTotalBytes(ramBytes: number | null, swapBytes: number | null): number | null {
  return ramBytes === null || swapBytes === null ? null : ramBytes + swapBytes
}
