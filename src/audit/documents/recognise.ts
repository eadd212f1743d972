import type { Cluster } from '../cluster.ts'
import type { Machine } from '../machine.ts'
import type { Workload } from '../workload.ts'
import { type Beside, NOTHING_BESIDE } from './beside.ts'
import type { DocumentFormat } from './format.ts'
import { DOCUMENT_FORMATS, TEXT_FORMATS } from './formats.ts'
import type { Variables } from './interpolate.ts'
import type { KubernetesObject } from './object.ts'
import type { Place, SourceFile } from './place.ts'
import type { Problem } from './problem.ts'
import type { Unit } from './unit.ts'
import type { Value } from './value.ts'
import { MAX_DOCUMENT_CHARACTERS, readYaml } from './yaml.ts'

/** What one file holds. */
export interface ReadSource {
  /** It is of a kind that can be judged. */
  isKnown: boolean
  /** It tells what is, not what shall be: to change it mends nothing. */
  isDump: boolean
  objects: KubernetesObject[]
  workloads: Workload[]
  machines: Machine[]
  clusters: Cluster[]
  units: Unit[]
  /** Documents that are only read where another names them. */
  named: Place[]
  problems: Problem[]
}

/** No value of YAML begins with `@`. */
const IS_FILLED_BY_SED = /[:-][ \t]{1,100}@\w{1,100}@/

/** Of Helm and its like, or of `sed`. */
function isTemplate(text: string): boolean {
  const opened = text.indexOf('{{')
  return (opened !== -1 && text.includes('}}', opened + 2)) || IS_FILLED_BY_SED.test(text)
}

/** Finds out by content what a file is, and takes apart what rules read. Never throws. */
export function readSource(
  file: SourceFile,
  variables: Variables,
  beside: Beside = NOTHING_BESIDE,
): ReadSource {
  const read: ReadSource = {
    isKnown: false,
    isDump: false,
    objects: [],
    workloads: [],
    machines: [],
    clusters: [],
    units: [],
    named: [],
    problems: [],
  }
  const format = TEXT_FORMATS.find((each) => each.isMine(file))
  if (format !== undefined) {
    const { workloads = [], objects = [], units = [] } = format.read(file, beside)
    const held = { workloads: [...workloads], objects: [...objects], units: [...units] }
    return { ...read, isKnown: true, ...held }
  }
  for (const stretch of documentsOf(file)) readDocument(stretch, { variables, beside }, read)
  return read
}

/** For a file that was named by itself and is none of ours: whether it is YAML at all. */
export function brokenYaml(file: SourceFile): Problem | null {
  if (file.text.length > MAX_DOCUMENT_CHARACTERS) return null
  const reading = readYaml({ file, start: 0, end: file.text.length })
  return reading.ok ? null : reading.problem
}

interface Around {
  variables: Variables
  beside: Beside
}

function readDocument(stretch: Place, around: Around, read: ReadSource): void {
  const text = stretch.file.text.slice(stretch.start, stretch.end)
  const candidates: DocumentFormat[] = []
  for (const format of DOCUMENT_FORMATS) {
    const look = format.look(text, stretch.file)
    if (look === 'when named') read.named.push(stretch)
    if (look !== 'possible' && look !== 'none') read.isKnown = true
    if (look === 'certain' || look === 'possible') candidates.push(format)
  }
  if (candidates.length === 0) return
  const reading = readYaml(stretch)
  if (reading.ok) for (const value of reading.values) take(value, candidates, around, read)
  else read.problems.push(isTemplate(text) ? template(reading.problem) : reading.problem)
}

function take(
  value: Value,
  candidates: readonly DocumentFormat[],
  { variables, beside }: Around,
  read: ReadSource,
): void {
  for (const format of candidates) {
    const holding = format.read(value, variables, beside)
    if (holding === null) continue
    read.isKnown = true
    read.isDump ||= format.isDump === true
    for (const workload of holding.workloads ?? []) read.workloads.push(workload)
    for (const object of holding.objects ?? []) read.objects.push(object)
    for (const machine of holding.machines ?? []) read.machines.push(machine)
    for (const cluster of holding.clusters ?? []) read.clusters.push(cluster)
    return
  }
}

function template(problem: Problem): Problem {
  return {
    ...problem,
    what: 'it is a template that is not rendered',
    todo: "render it first, as in 'helm template CHART | stella audit -'",
  }
}

/** The documents of a file, as stretches between lines of `---`. */
function documentsOf(file: SourceFile): Place[] {
  const stretches: Place[] = []
  let start = file.text.startsWith('\uFEFF') ? 1 : 0
  for (const line of file.text.matchAll(/^---(?=\s|$)/gm)) {
    stretches.push({ file, start, end: line.index })
    start = line.index + 3
  }
  stretches.push({ file, start, end: file.text.length })
  return stretches.filter((stretch) => /\S/.test(file.text.slice(stretch.start, stretch.end)))
}
