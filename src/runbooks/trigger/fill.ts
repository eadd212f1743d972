/** The parameters of a runbook, filled in from what happened. Labels are anybody's text: what does not fit its type is left out. */
import type { Case } from '../../model/case.ts'
import type { Param } from '../../model/runbook.ts'
import { misfit } from '../params.ts'
import { placeOf } from './case-place.ts'

export interface Filled {
  given: ReadonlyMap<string, string>
  /** What was not passed on, and what nobody knows, a sentence each. */
  left: readonly string[]
}

export interface Source {
  case: Case | null
  /** Of the alert; they are asked before the case. */
  labels: ReadonlyMap<string, string>
  /** Where it happened. */
  host: string
}

const MOST_SHOWN = 60

/** A parameter gets the first word that fits its type: of the alert's target, of its labels, of the case. */
export function filledParams(params: readonly Param[], { labels, ...source }: Source): Filled {
  const fromTarget = new Map(Object.entries(ofTarget(labels.get('target') ?? '')))
  const fromCase = new Map(
    source.case === null ? [] : Object.entries(ofCase(source.case, source.host)),
  )
  const given = new Map<string, string>()
  const left: string[] = []
  for (const { name, type, usual } of params) {
    const told = [fromTarget.get(name), ...ofLabels(name, labels), fromCase.get(name)].filter(
      isTold,
    )
    const value = told.find((each) => misfit(type, each) === null)
    if (value !== undefined) given.set(name, value)
    for (const each of told) {
      if (misfit(type, each) !== null)
        left.push(`${name}: '${each.slice(0, MOST_SHOWN)}' is no ${type}`)
    }
    if (told.length === 0 && usual === null) left.push(`${name}: nobody has told it`)
  }
  return { given, left }
}

type Told = Readonly<Record<string, string | null>>

function isTold(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && value !== ''
}

function ofCase(found: Case, host: string): Told {
  const [victim] = found.victims
  return {
    ...placeOf(found),
    case: found.id,
    limit_cgroup: found.binding.path,
    image: found.subject.image,
    pid: victim?.pid.toString() ?? null,
    process: victim?.name ?? null,
    node: host,
    host,
  }
}

/** What a parameter is called as a label, where that has another name. `job` and `instance` are about who was asked for the number. */
const CALLED: ReadonlyMap<string, readonly string[]> = new Map([
  ['job', ['job_id']],
  ['instance', []],
  ['container', ['container', 'name']],
  ['cgroup', ['cgroup', 'id']],
])

function ofLabels(
  param: string,
  labels: ReadonlyMap<string, string>,
): readonly (string | undefined)[] {
  const called = CALLED.get(param) ?? [param]
  // What was scraped may have a pod of its own: Prometheus renames that of the number then.
  return called.flatMap((label) => [labels.get(`exported_${label}`), labels.get(label)])
}

/** `docker:web`, as `/metrics` and `stella why` have it. */
function ofTarget(target: string): Told {
  const [, kind = '', name = ''] = /^([a-z0-9-]+):(.+)$/s.exec(target) ?? []
  switch (kind) {
    case 'docker':
    case 'podman':
      return { container: name, engine: kind }
    case 'cgroup':
      return { cgroup: name }
    case 'marathon':
      return { app: name }
    case 'k8s': {
      const [namespace = '', pod = '', container = ''] = name.split('/')
      return { namespace, pod, container }
    }
    default:
      return {}
  }
}
