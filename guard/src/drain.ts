/** The process left by itself, for memory: a code that is neither 137 (killed) nor 1 (crashed). EX_TEMPFAIL of sysexits.h. */
export const EXIT_DRAINED = 75

/**
 * Why a process leaves: it is about to run into its limit (`memory`), it has refused all work for too long (`shedding`), or
 * somebody wants it (`asked`).
 */
export const LEAVE_REASONS = ['memory', 'shedding', 'asked'] as const
export type LeaveReason = (typeof LEAVE_REASONS)[number]

export interface DrainPlan {
  /** What has to be done before it leaves, all at once: servers are closed, sessions written. */
  works: readonly (() => Promise<void> | void)[]
  /** Requests that have begun. */
  inFlight(): number
  graceMs: number
  /** True: there is no time left, memory runs out. */
  isLost(): boolean
}

/** `done`: everything came to its end; `grace`: time was over; `lost`: memory was. */
export type DrainEnd = 'done' | 'grace' | 'lost'

const LOOK_MS = 20

/** Waits for all of it, but no longer than is good. What fails does not keep the process. */
export async function drained(plan: DrainPlan): Promise<DrainEnd> {
  let isDone = false
  const works = plan.works.map(async (work) => await work())
  void Promise.allSettled(works).then(() => {
    isDone = true
  })
  const end = performance.now() + plan.graceMs
  for (;;) {
    if (plan.isLost()) return 'lost'
    if (isDone && plan.inFlight() === 0) return 'done'
    if (performance.now() >= end) return 'grace'
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
