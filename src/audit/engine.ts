import { redactText } from '../evidence/redact-text.ts'
import type { Cluster } from './cluster.ts'
import type { Beside } from './documents/beside.ts'
import { ConfigMaps } from './documents/config-maps.ts'
import { namesOfFormats } from './documents/formats.ts'
import type { Variables } from './documents/interpolate.ts'
import type { KubernetesObject } from './documents/object.ts'
import { positionOf, type Place, type Position, type SourceFile } from './documents/place.ts'
import { workloadsOf } from './documents/pod.ts'
import type { Problem } from './documents/problem.ts'
import { brokenYaml, readSource } from './documents/recognise.ts'
import { workloadsOfUnits } from './documents/systemd.ts'
import type { Unit } from './documents/unit.ts'
import { History } from './history.ts'
import { ignoresOf, type Ignores } from './ignores.ts'
import type { AuditContext, Edit, HostSettings, Rule, RuleFinding, Severity } from './rule.ts'
import { USUAL_RULES } from './rules/index.ts'
import type { Machine } from './machine.ts'
import type { Workload } from './workload.ts'

/** A file to be judged. */
export interface AuditInput {
  file: SourceFile
  /** Of the `.env` file beside it, for Compose. */
  variables: Variables
  /** The user named the very file: what it is not is told. */
  isNamed: boolean
  /** What it may refer to; absent where nothing is known. */
  beside?: Beside
  /** It tells what is, not what shall be: to change it mends nothing. */
  isDump?: true
}

export interface Finding extends Position {
  rule: Rule
  severity: Severity
  place: Place
  message: string
  edits: readonly Edit[]
  /** What its pods went through where a cluster was looked at; null: nothing is known, or nothing happened. */
  seen: string | null
}

export interface Audit {
  findings: readonly Finding[]
  /** What could not be judged. */
  problems: readonly Problem[]
  /** Files that hold something that can be judged. */
  files: readonly SourceFile[]
  /** How many findings an ignore with a reason took away. */
  ignored: number
}

export const UNKNOWN_HOST: HostSettings = { cgroup: null, memoryBytes: null }

/** Judges files together. What is broken is told, and the rest is judged. */
export function audit(
  inputs: readonly AuditInput[],
  host: HostSettings = UNKNOWN_HOST,
  rules: readonly Rule[] = USUAL_RULES,
): Audit {
  const problems: Problem[] = []
  const files: SourceFile[] = []
  const objects: KubernetesObject[] = []
  const workloads: Workload[] = []
  const machines: Machine[] = []
  const clusters: Cluster[] = []
  const units: Unit[] = []
  const named: Place[] = []
  const dumps = new Set<SourceFile>()
  const ignores = new Map<SourceFile, Ignores>()
  for (const { file, variables, isNamed, beside, isDump = false } of inputs) {
    const read = readSource(file, variables, beside)
    problems.push(...read.problems, ...(isNamed ? unrecognised(file, read) : []))
    if (!read.isKnown) continue
    files.push(file)
    objects.push(...read.objects)
    named.push(...read.named)
    workloads.push(...read.workloads)
    machines.push(...read.machines)
    clusters.push(...read.clusters)
    units.push(...read.units)
    if (read.isDump || isDump) dumps.add(file)
    const found = ignoresOf(file)
    ignores.set(file, found)
    problems.push(...found.problems)
  }
  workloads.push(...workloadsOf(objects, new ConfigMaps(objects, named)))
  const itsHost = hostOf(host, machines)
  workloads.push(...workloadsOfUnits(units, itsHost))
  const found = check(rules, { workloads, objects, machines, clusters, units, host: itsHost })
  const history = new History(clusters, workloads)
  const findings = found
    .filter(({ place, rule, line }) => !ignoresIn(place.file, ignores).covers(rule.id, line))
    .map((finding) => (dumps.has(finding.place.file) ? { ...finding, edits: [] } : finding))
    .map((finding) => ({ ...finding, seen: history.at(finding.place) }))
  return { findings, problems, files, ignored: found.length - findings.length }
}

/** What the call says of the machine, and else what is known of the one that was looked at; of two, nobody knows which is meant. */
function hostOf(host: HostSettings, machines: readonly Machine[]): HostSettings {
  const [machine, other] = machines
  if (machine === undefined || other !== undefined) return host
  const cgroup = machine.cgroup?.value
  return {
    cgroup: host.cgroup ?? (cgroup === 1 || cgroup === 2 ? cgroup : null),
    memoryBytes: host.memoryBytes ?? machine.memoryBytes?.value ?? null,
  }
}

/** A file that another refers to may ignore as well. */
function ignoresIn(file: SourceFile, known: Map<SourceFile, Ignores>): Ignores {
  const ignores = known.get(file) ?? ignoresOf(file)
  known.set(file, ignores)
  return ignores
}

/** Everything the rules find, in the order of the files, each once: an anchor is used in several places. */
function check(rules: readonly Rule[], context: AuditContext): Finding[] {
  const found = new Map<string, Finding>()
  for (const rule of rules) {
    for (const finding of rule.check(context)) {
      const placed = placedFinding(rule, finding)
      const { place, line, column, message } = placed
      const key = JSON.stringify([rule.id, place.file.path, line, column, message])
      if (!found.has(key)) found.set(key, placed)
    }
  }
  return [...found.values()].toSorted(inOrder)
}

function placedFinding(rule: Rule, { place, message, severity, edits }: RuleFinding): Finding {
  return {
    rule,
    severity: severity ?? rule.severity,
    place,
    // A command may carry a password.
    message: redactText(message),
    edits: edits ?? [],
    seen: null,
    ...positionOf(place),
  }
}

function inOrder(a: Finding, b: Finding): number {
  return (
    compare(a.place.file.path, b.place.file.path) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.rule.id, b.rule.id)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A file that was named and is nothing that can be judged: either it is broken, or it is something else. */
function unrecognised(
  file: SourceFile,
  read: { isKnown: boolean; problems: readonly Problem[] },
): Problem[] {
  if (read.isKnown || read.problems.length > 0) return []
  const broken = /\.(?:ya?ml|json)$/i.test(file.path) ? brokenYaml(file) : null
  const place = { file, start: 0, end: Math.min(1, file.text.length) }
  return [
    broken ?? {
      at: place,
      what: 'it holds no workload that is known',
      todo: `give ${namesOfFormats()}`,
    },
  ]
}
