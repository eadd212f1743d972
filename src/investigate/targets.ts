import { unreachableError, usageError } from '../model/errors.ts'
import type { Target } from '../model/subject.ts'
import type { SubjectEvidence } from './subject-evidence.ts'
import type { SubjectRecord } from './subjects.ts'

/** The subjects that a target names. Throws a StellaError where it names none, or a bare name names two. */
export function chooseSubjects(
  subjects: readonly SubjectEvidence[],
  target: Target | null,
): readonly SubjectEvidence[] {
  if (target === null || target.kind === 'host') return subjects
  const chosen = subjects.filter(({ record }) => isMeant(record, target))
  if (chosen.length === 0) {
    throw unreachableError(
      `the evidence holds nothing about ${inWords(target)}`,
      null,
      knownNames(subjects),
    )
  }
  const distinct = new Set(chosen.map(({ record }) => holderOf(record)))
  if (target.kind === 'name' && distinct.size > 1) {
    throw usageError(
      `${target.name} is ambiguous: ${[...distinct].join(', ')}`,
      null,
      'name the one you mean with its prefix',
    )
  }
  return chosen
}

function isMeant(record: SubjectRecord, target: Target): boolean {
  const { subject } = record
  switch (target.kind) {
    case 'container':
      return (
        record.engineNames.has(`${target.engine}:${target.name}`) ||
        ((subject.platform === target.engine || !isEngine(subject.platform)) &&
          hasId(record, target.name))
      )
    case 'pod': {
      const [namespace, pod, container] = podOf(record)
      return (
        namespace === target.namespace &&
        pod === target.pod &&
        (target.container === null || container === target.container)
      )
    }
    case 'marathon':
      return subject.platform === 'marathon' && slashed(subject.name) === slashed(target.app)
    case 'cgroup':
      return record.path === target.path
    case 'process':
      return subject.platform === 'process' && subject.id === String(target.pid)
    case 'host':
      return true
    case 'name':
      return (
        hasName(record, target.name) ||
        record.engineNames.has(`docker:${target.name}`) ||
        record.engineNames.has(`podman:${target.name}`) ||
        podOf(record).includes(target.name) ||
        podOf(record).join('/').endsWith(`/${target.name}`) ||
        slashed(subject.name) === slashed(target.name) ||
        (record.path?.split('/').includes(target.name) ?? false)
      )
  }
}

function isEngine(platform: SubjectRecord['subject']['platform']): boolean {
  return platform === 'docker' || platform === 'podman'
}

function hasName(record: SubjectRecord, name: string): boolean {
  return record.subject.name === name || hasId(record, name)
}

/** Ids may be shortened as the engines allow it; anything shorter than the usual 12 digits must be hexadecimal at least. */
function hasId(record: SubjectRecord, prefix: string): boolean {
  return (
    /^[0-9a-f]{4,64}$/.test(prefix) && [...record.containerIds].some((id) => id.startsWith(prefix))
  )
}

function podOf(record: SubjectRecord): readonly string[] {
  return record.subject.platform === 'kubernetes' ? (record.subject.name?.split('/') ?? []) : []
}

function slashed(name: string | null): string | null {
  return name === null || name.startsWith('/') ? name : `/${name}`
}

/** Two containers of one pod are one holder, two things of one name are not. */
function holderOf(record: SubjectRecord): string {
  const { platform, name, id } = record.subject
  if (platform === 'kubernetes') return `k8s:${podOf(record).slice(0, 2).join('/')}`
  return `${platform}:${name ?? id ?? '?'}`
}

function inWords(target: Target): string {
  switch (target.kind) {
    case 'container':
      return `${target.engine}:${target.name}`
    case 'pod':
      return `pod ${target.namespace}/${target.pod}`
    case 'marathon':
      return `marathon:${target.app}`
    case 'cgroup':
      return `cgroup ${target.path}`
    case 'process':
      return `process ${target.pid}`
    case 'host':
      return 'the host'
    case 'name':
      return `"${target.name}"`
  }
}

function knownNames(subjects: readonly SubjectEvidence[]): string {
  const names = [...new Set(subjects.map(({ record }) => holderOf(record)))].slice(0, 8)
  return names.length === 0
    ? 'give it logs, inspect output or cgroup files that name it'
    : `it knows ${names.join(', ')}`
}
