import type { KernelName } from './kernels.ts'
import type { Scenario } from './scenario.ts'
import { CONTAINER_SCENARIOS } from './scenarios/containers.ts'
import { GROUP_SCENARIOS } from './scenarios/groups.ts'

/** Every scenario of a kernel, in the order in which a guest plays them. */
export function scenariosOf(kernel: KernelName): readonly Scenario[] {
  // Groups last: their last ones take all the memory of the machine and flood its kernel log.
  return [...CONTAINER_SCENARIOS, ...GROUP_SCENARIOS].filter(
    ({ kernels }) => kernels === undefined || kernels.includes(kernel),
  )
}
