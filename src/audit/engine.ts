import { redactText } from '../evidence/redact-text.ts'
import { namesOfFormats } from './documents/formats.ts'
import type { Variables } from './documents/interpolate.ts'
import type { KubernetesObject } from './documents/kubernetes.ts'
import { positionOf, type Place, type Position, type SourceFile } from './documents/place.ts'
import { workloadsOf } from './documents/pod.ts'
import type { Problem } from './documents/problem.ts'
import { brokenYaml, readSource } from './documents/recognise.ts'
import { ignoresOf, type Ignores } from './ignores.ts'
import type { AuditContext, Edit, HostSettings, Rule, RuleFinding, Severity } from './rule.ts'
import { USUAL_RULES } from './rules/index.ts'
import type { Workload } from './workload.ts'

/** A file to be judged. */
export interface AuditInput {
  file: SourceFile
  /** Of the `.env` file beside it, for Compose. */
  variables: Variables
  /** The user named the very file: what it is not is told. */
  isNamed: boolean
}

export interface Finding extends Position {
  rule: Rule
  severity: Severity
  place: Place
  message: string
  edits: readonly Edit[]
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
  const dumps = new Set<SourceFile>()
  const ignores = new Map<SourceFile, Ignores>()
  for (const { file, variables, isNamed } of inputs) {
    const read = readSource(file, variables)
    problems.push(...read.problems, ...(isNamed ? unrecognised(file, read) : []))
    if (!read.isKnown) continue
    files.push(file)
    objects.push(...read.objects)
    workloads.push(...read.workloads)
    if (read.isDump) dumps.add(file)
    const found = ignoresOf(file)
    ignores.set(file, found)
    problems.push(...found.problems)
  }
  workloads.push(...workloadsOf(objects))
  const found = check(rules, { workloads, objects, host })
  const findings = found
    .filter(({ place, rule, line }) => ignores.get(place.file)?.covers(rule.id, line) !== true)
    .map((finding) => (dumps.has(finding.place.file) ? { ...finding, edits: [] } : finding))
  return { findings, problems, files, ignored: found.length - findings.length }
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
