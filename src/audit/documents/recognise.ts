import { isComposeFile } from './compose.ts'
import { isDockerfile } from './dockerfile.ts'
import { kubernetesObjects, type KubernetesObject } from './kubernetes.ts'
import type { Place, SourceFile } from './place.ts'
import type { Problem } from './problem.ts'
import type { Value } from './value.ts'
import { MAX_DOCUMENT_CHARACTERS, readYaml } from './yaml.ts'

/** What one file holds. */
export interface ReadSource {
  kind: 'kubernetes' | 'compose' | 'dockerfile' | 'other'
  objects: KubernetesObject[]
  composeFiles: Value[]
  problems: Problem[]
}

/** Kinds that rules read. What else a file holds is not even taken apart: definitions of resources are the largest by far. */
const KINDS =
  /\bkind["']?[ \t]*:[ \t]*["']?(?:List|(?:Pod|PodTemplate|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob|Rollout|DeploymentConfig|Service|LimitRange|ResourceQuota|VerticalPodAutoscaler|HorizontalPodAutoscaler|KubeletConfiguration|Node|Namespace)(?:List)?)\b/
const IS_KUBERNETES = /^[ \t{,-]*["']?apiVersion["']?[ \t]*:|\{\s*"apiVersion"\s*:|"apiVersion":"/m
const IS_COMPOSE = /^["']?services["']?[ \t]*:|^\s*\{[^]{0,2000}?"services"\s*:/m
/** Values of a chart may have services, too, in a form of their own. */
const IS_VALUES = /(?:^|\/)values[^/]*\.ya?ml$/
const IS_TEMPLATE = /\{\{[^]*?\}\}/

/** Finds out by content what a file is, and takes apart what rules read. Never throws. */
export function readSource(file: SourceFile): ReadSource {
  const read: ReadSource = { kind: 'other', objects: [], composeFiles: [], problems: [] }
  if (isDockerfile(file)) return { ...read, kind: 'dockerfile' }
  for (const stretch of documentsOf(file)) {
    const text = file.text.slice(stretch.start, stretch.end)
    const isKubernetes = IS_KUBERNETES.test(text)
    if (isKubernetes) read.kind = 'kubernetes'
    const mayBeCompose = IS_COMPOSE.test(text) && !IS_VALUES.test(file.path)
    if (!(isKubernetes && KINDS.test(text)) && !mayBeCompose) continue
    const reading = readYaml(stretch)
    if (reading.ok) take(reading.values, read)
    else read.problems.push(IS_TEMPLATE.test(text) ? template(reading.problem) : reading.problem)
  }
  if (read.kind === 'other' && read.composeFiles.length > 0) read.kind = 'compose'
  return read
}

/** For a file that was named by itself and is none of ours: whether it is YAML at all. */
export function brokenYaml(file: SourceFile): Problem | null {
  if (file.text.length > MAX_DOCUMENT_CHARACTERS) return null
  const reading = readYaml({ file, start: 0, end: file.text.length })
  return reading.ok ? null : reading.problem
}

function take(values: readonly Value[], read: ReadSource): void {
  for (const value of values) {
    if (isComposeFile(value)) read.composeFiles.push(value)
    else read.objects.push(...kubernetesObjects(value))
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
