/** Whether the fault is there, before anybody is asked to find it. */
import type { Proof } from './lab.ts'
import { growthIn, isLeak } from './trend.ts'
import { NOT_THERE } from './view.ts'
import type { Courses, Moment } from './view.ts'

/** @param hostKills how often the kernel has killed on this machine since the lab was begun; null: not known */
export function isProven(
  { workload, sees }: Proof,
  moment: Moment,
  hostKills: number | null,
  courses: Courses,
): boolean {
  const seen = moment.workloads.get(workload) ?? NOT_THERE
  const { done, of, beats } = seen.progress
  if (sees === 'killed') {
    const died = seen.restarts > 0 || (seen.status === 'ended' && seen.exitCode === 137)
    return died && ((seen.kills ?? 0) > 0 || (hostKills ?? 0) > 0)
  }
  if (sees === 'kills') return seen.status === 'running' && (seen.kills ?? 0) > 0
  if (sees === 'ended') return seen.status === 'ended'
  if (sees === 'full') {
    return seen.limitBytes !== null && (seen.usageBytes ?? 0) >= 0.9 * seen.limitBytes
  }
  if (sees === 'beyond') {
    return seen.isUnlimited && (seen.usageBytes ?? 0) > (seen.reservationBytes ?? Infinity)
  }
  if (sees === 'unwritten') {
    return seen.limitBytes !== null && (seen.unwrittenBytes ?? 0) >= 0.5 * seen.limitBytes
  }
  if (sees === 'may-swap') return beats > 0 && (seen.swapBytes ?? 0) > 0
  if (sees === 'hung') return seen.status === 'running' && seen.isUnderOom && seen.kills === 0
  if (sees === 'grows') {
    const growth = growthIn(courses.get(workload) ?? [])
    return growth?.kind === 'leak' && isLeak(growth)
  }
  return sees === 'complete' ? of !== null && done === of && beats > 0 : beats > 0
}

/** What was awaited, for people. */
export function proofWords({ workload, sees }: Proof): string {
  const words = {
    killed: 'to be killed by the kernel',
    kills: 'to live on while the kernel kills in its group',
    ended: 'to end',
    full: 'to fill its limit',
    complete: 'to have all its batches',
    works: 'to work',
    hung: 'to wait at its limit without being killed',
    unwritten: 'to wait for its disk with half of its limit',
    'may-swap': 'to run, with swap that it may take',
    beyond: 'to use more than what is set aside for it',
    grows: 'to grow towards its limit',
  }
  return `${workload} was ${words[sees]}`
}
