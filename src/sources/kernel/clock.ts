import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { Reader } from '../reader.ts'

/**
 * The moment on the wall clock at which the kernel's log clock stood at 0. The log runs on sched_clock, which follows
 * CLOCK_MONOTONIC and stands still while the machine is suspended; `uptime` counts that time and would be wrong by it.
 */
export function kernelLogEpoch(reader: Reader): Instant {
  return reader.now() - reader.monotonicSeconds() * 1000
}

/** Gives observations that only know the time since boot their time on the wall clock. */
export function dateByBoot(observations: readonly Observation[], epoch: Instant): Observation[] {
  return observations.map((observation) => {
    const { fact } = observation
    if (fact.kind === 'kernel-log-coverage') {
      const firstAt = fact.firstAt ?? instantOf(fact.firstBootSeconds, epoch)
      const lastAt = fact.lastAt ?? instantOf(fact.lastBootSeconds, epoch)
      return { ...observation, at: observation.at ?? lastAt, fact: { ...fact, firstAt, lastAt } }
    }
    if (observation.at !== null || !('bootSeconds' in fact)) return observation
    return { ...observation, at: instantOf(fact.bootSeconds, epoch) }
  })
}

/**
 * The journal's time is that at which journald read the line, which is seconds late at boot and under load. For lines of this
 * boot the kernel's own time is known better.
 */
export function correctByBoot(observations: readonly Observation[], epoch: Instant): Observation[] {
  return observations.map((observation) => {
    const { at, fact } = observation
    const isThisBoot = at !== null && at >= epoch
    if (!isThisBoot || !('bootSeconds' in fact) || fact.bootSeconds === null) return observation
    return { ...observation, at: instantOf(fact.bootSeconds, epoch) }
  })
}

function instantOf(bootSeconds: number | null, epoch: Instant): Instant | null {
  return bootSeconds === null ? null : epoch + bootSeconds * 1000
}
