import type { VerdictCode } from '../../src/model/case.ts'

/** How much it matters, with a sign of its own: colour is never the only one. */
export type Weight = 'killed' | 'trouble' | 'calm'

const WEIGHTS: Record<VerdictCode, Weight> = {
  'oom-own-limit': 'killed',
  'oom-ancestor-limit': 'killed',
  'oom-nested-limit': 'killed',
  'oom-host': 'killed',
  'oom-numa': 'killed',
  'oom-manual': 'killed',
  'oom-no-victim': 'killed',
  'oom-panic': 'killed',
  'oom-userspace': 'killed',
  evicted: 'killed',
  'runtime-out-of-memory': 'killed',
  'killed-not-memory': 'trouble',
  'killed-unknown': 'trouble',
  crashed: 'trouble',
  exited: 'calm',
  'hung-at-limit': 'trouble',
  thrashing: 'trouble',
  'at-risk': 'trouble',
  healthy: 'calm',
}

export function weightOf(code: VerdictCode): Weight {
  return WEIGHTS[code]
}

export const CONFIDENCE_WORDS = {
  certain: 'certain: the evidence decides it',
  likely: 'likely: the evidence points there, and does not prove it',
  possible: 'possible: the evidence allows it, no more',
} as const
