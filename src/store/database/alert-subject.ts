/** Which cases an alert may be about, as far as its labels tell: those of stella's rules, of cAdvisor and of kube-state-metrics. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { VERDICT_CODES } from '../../model/case.ts'
import type { VerdictCode } from '../../model/case.ts'
import { PLATFORMS } from '../../model/subject.ts'
import type { Platform } from '../../model/subject.ts'

export interface AlertSubject {
  /** The name of the machine; null: any. */
  host: string | null
  /** Null: any. */
  platform: Platform | null
  /** Names and ids, with `%` where anything may stand (`like` of SQL). */
  names: readonly string[]
  /** Where it names no subject: the verdicts that it tells of. */
  verdicts: readonly VerdictCode[]
}

type Labels = Readonly<Record<string, string>>

/** What each scope of a kill is called as a verdict. */
const VERDICTS_OF_SCOPE: Readonly<Record<string, readonly VerdictCode[]>> = {
  container: ['oom-own-limit'],
  ancestor: ['oom-ancestor-limit'],
  nested: ['oom-nested-limit'],
  host: ['oom-host', 'oom-panic'],
  numa: ['oom-numa'],
  userspace: ['oom-userspace'],
}
/** What befalls a machine. */
const OF_MACHINES: readonly VerdictCode[] = [
  'oom-host',
  'oom-panic',
  'oom-numa',
  'oom-userspace',
  'evicted',
  'thrashing',
]

/** Null: it is about no case, as an alert of a queue or of stella itself. */
export function subjectOf(labels: Labels): AlertSubject | null {
  const host = textOf(labels, 'host')
  const named = ofTarget(labels) ?? ofPod(labels) ?? ofContainer(labels)
  if (named !== null) return { host, verdicts: [], ...named }
  const verdicts = verdictsOf(labels, host)
  return verdicts.length === 0 ? null : { host, platform: null, names: [], verdicts }
}

/** Whether it says whom it is about, or what befell them; the case of another is a mere neighbour in time. */
export function namesItsCase(labels: Labels): boolean {
  const subject = subjectOf(labels)
  if (subject === null) return false
  return subject.names.length > 0 || verdictsOf(labels, null).length > 0
}

type Named = Pick<AlertSubject, 'platform' | 'names'>

/** `docker:web`, as `/metrics` and `stella why` have it. */
function ofTarget(labels: Labels): Named | null {
  const target = textOf(labels, 'target')
  if (target === null) return null
  const [, prefix = '', name = target] = /^([a-z0-9-]+):(.+)$/s.exec(target) ?? []
  const platform = PLATFORMS.find((one) => one === (prefix === 'k8s' ? 'kubernetes' : prefix))
  if (platform === undefined) return { platform: null, names: [exactly(target)] }
  return { platform, names: namesLike(name) }
}

/** Subjects of Kubernetes are called `namespace/pod/container`. */
function ofPod(labels: Labels): Named | null {
  const pod = textOf(labels, 'pod')
  if (pod === null) return null
  const parts = ['namespace', 'pod', 'container'].map((label) => textOf(labels, label))
  const name = parts.map((part) => (part === null ? '%' : exactly(part))).join('/')
  return { platform: 'kubernetes', names: [name] }
}

/** cAdvisor calls a container of Docker by its `name`, and has the path of its group as `id`. */
function ofContainer(labels: Labels): Named | null {
  const name = textOf(labels, 'name') ?? textOf(labels, 'container')
  const id = describeCgroupPath(textOf(labels, 'id') ?? '').containerId
  const names = [...(name === null ? [] : namesLike(name)), ...(id === null ? [] : namesLike(id))]
  return names.length === 0 ? null : { platform: null, names }
}

function verdictsOf(labels: Labels, host: string | null): readonly VerdictCode[] {
  const verdict = VERDICT_CODES.find((code) => code === labels['verdict'])
  if (verdict !== undefined) return [verdict]
  const scope = textOf(labels, 'scope')
  if (scope !== null) return VERDICTS_OF_SCOPE[scope] ?? []
  return host === null ? [] : OF_MACHINES
}

/** The beginning of an id is enough. */
function namesLike(name: string): string[] {
  const isId = /^[0-9a-f]{12,64}$/.test(name)
  return [isId ? `${name}%` : exactly(name)]
}

function exactly(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}

function textOf(labels: Labels, name: string): string | null {
  const value = labels[name] ?? ''
  return value === '' ? null : value
}
