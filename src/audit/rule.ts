import type { Cluster } from './cluster.ts'
import type { KubernetesObject } from './documents/object.ts'
import type { Place } from './documents/place.ts'
import type { Unit } from './documents/unit.ts'
import type { Machine } from './machine.ts'
import type { Container, Platform, Workload } from './workload.ts'

export type Severity = 'error' | 'critical' | 'high' | 'warning' | 'info'

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'critical', 'high', 'warning', 'info']

/** Whether a finding is as bad as the mildest severity that fails, or worse. */
export function isFailing(severity: Severity, failOn: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn)
}

/** What a file cannot say about the machine it will run on; null is not known. */
export interface HostSettings {
  cgroup: 1 | 2 | null
  memoryBytes: number | null
}

/** All that was read, together: an autoscaler and what it scales may stand in two files. */
export interface AuditContext {
  workloads: readonly Workload[]
  objects: readonly KubernetesObject[]
  /** Those that were looked at while they ran. */
  machines: readonly Machine[]
  clusters: readonly Cluster[]
  /** Files of systemd, as they stand. */
  units: readonly Unit[]
  host: HostSettings
}

/** A piece of text to be put in the place of another. */
export interface Edit {
  place: Place
  text: string
}

export interface RuleFinding {
  place: Place
  /** One sentence with the numbers of this very file, without a full stop. */
  message: string
  /** Where it differs from the rule's. */
  severity?: Severity
  /** What mends it. */
  edits?: readonly Edit[]
}

/** A file for a test and for the reference. In a bad one, `»` stands before the place that is found. */
export interface Example {
  path: string
  text: string
  host?: Partial<HostSettings>
}

/** One mistake that files can show. */
export interface Rule {
  /** Letter and number, as scripts know it. */
  id: string
  severity: Severity
  title: string
  /** What happens if it stays, in a few sentences. */
  why: string
  /** What it rests on: an address, a source file, or how it was measured. */
  reference: string
  examples: { bad: Example; good: Example }
  /** True of most files that are correct: it speaks only where it is asked for. */
  isOptional?: true
  check(context: AuditContext): Iterable<RuleFinding>
}

type ContainerCheck = (container: Container, context: AuditContext) => Iterable<RuleFinding>

/** A check of every container of these platforms. */
export function inContainers(platforms: readonly Platform[], check: ContainerCheck): Rule['check'] {
  return function* (context) {
    for (const workload of context.workloads) {
      if (!platforms.includes(workload.platform)) continue
      for (const container of workload.containers) yield* check(container, context)
    }
  }
}

/** A check of every machine that was looked at. */
export function onMachines(
  check: (machine: Machine, context: AuditContext) => Iterable<RuleFinding>,
): Rule['check'] {
  return function* (context) {
    for (const machine of context.machines) yield* check(machine, context)
  }
}

/** A check of every cluster that was looked at. */
export function onClusters(
  check: (cluster: Cluster, context: AuditContext) => Iterable<RuleFinding>,
): Rule['check'] {
  return function* (context) {
    for (const cluster of context.clusters) yield* check(cluster, context)
  }
}

/** Where a limit can stand. */
export const LIMITED = [
  'kubernetes',
  'compose',
  'marathon',
  'docker',
  'systemd',
  'quadlet',
] as const
export const EVERYWHERE = [...LIMITED, 'dockerfile'] as const
/** What an engine runs, as it is asked for and as it is. */
export const ENGINES = ['compose', 'docker', 'quadlet', 'marathon'] as const
