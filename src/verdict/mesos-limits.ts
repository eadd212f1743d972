/** How large the limit of a Marathon task is. */
import { formatBytes, MIB } from '../model/bytes.ts'
import type { MarathonApp } from '../model/cluster.ts'

/** DEFAULT_EXECUTOR_MEM of Mesos (src/slave/constants.hpp), added for command executors. */
export const EXECUTOR_OVERHEAD_BYTES = 32 * MIB

/**
 * The limit that the kernel enforces on a task of the app: `mem`, or `resourceLimits.mem` where it is set, with the executor
 * where it runs inside.
 *
 * @returns bytes; null: unlimited, or not known
 */
export function limitOfApp({ memoryBytes, executorBytes, burst }: MarathonApp): number | null {
  if (burst === 'unlimited' || executorBytes === null) return null
  const own = burst?.bytes ?? memoryBytes
  return own === null ? null : own + executorBytes
}

/** `the app's 32 MiB plus the executor's 32 MiB` */
export function limitInWords({ memoryBytes, executorBytes, burst }: MarathonApp): string | null {
  if (burst === 'unlimited' || executorBytes === null) return null
  const own = burst?.bytes ?? memoryBytes
  if (own === null) return null
  const whose = burst === null ? "the app's" : 'its resourceLimits.mem of'
  return executorBytes === 0
    ? `${whose} ${formatBytes(own)} alone, for the executor of a Docker task runs outside of its container`
    : `${whose} ${formatBytes(own)} plus the executor's ${formatBytes(executorBytes)}`
}
