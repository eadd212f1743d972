/** Objects of the API that tell what happened, which version of what it happened to, or what it used. */
export const TELLING_KINDS = [
  'Pod',
  'Event',
  'Node',
  'ReplicaSet',
  'ControllerRevision',
  'Job',
  'PodMetrics',
] as const

export type TellingKind = (typeof TELLING_KINDS)[number]

/** Those that say what shall run, and nothing of what happened to it. */
export const PLAN_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const

/** A regular expression for one of the kinds, or for a list. */
export function kindPattern(kinds: readonly string[]): string {
  return `(?:(?:${kinds.join('|')})(?:List)?|List)`
}
