/** Who writes an object, and would write over a change of it. */
import { isRecord, listField, textField } from '../../../parsers/json-fields.ts'
import type { ContainerList } from './containers.ts'
import type { ApiObject } from './cluster.ts'

/** The name under which the API server keeps what stella wrote. */
export const FIELD_MANAGER = 'stella'

type Amount = 'limits' | 'requests'

export interface Holder {
  manager: string
  /** `Apply`: declares the whole of it, again and again; `Update`: wrote it once. */
  operation: string
}

/** Where the memory of a container stands in an object. */
export interface MemoryPlace {
  template: readonly string[]
  list: ContainerList
  container: string
}

/** Whom the API server holds for the owners of one amount (metadata.managedFields). */
export function holdersOf(
  object: ApiObject,
  { template, list, container }: MemoryPlace,
  which: Amount,
): Holder[] {
  const path = fieldPath({ template, list, container }, which)
  return listField(object, 200, 'metadata', 'managedFields').flatMap((entry) => {
    const fields = isRecord(entry) ? entry['fieldsV1'] : null
    const manager = textField(entry, 'manager')
    const operation = textField(entry, 'operation')
    return manager !== null && operation !== null && has(fields, path)
      ? [{ manager, operation }]
      : []
  })
}

function fieldPath({ template, list, container }: MemoryPlace, which: Amount): string[] {
  return [
    ...[...template, 'spec', list].map((key) => `f:${key}`),
    `k:${JSON.stringify({ name: container })}`,
    ...['resources', which, 'memory'].map((key) => `f:${key}`),
  ]
}

/**
 * The entries of an object as they are when one who declares it has an amount, and stella, who wrote it for him, has none. Who
 * declares an object cannot be written for under his name: what he declares besides would go away.
 */
export function givenBack(
  object: ApiObject,
  place: MemoryPlace,
  which: readonly Amount[],
  to: string,
): unknown[] {
  return listField(object, 200, 'metadata', 'managedFields').flatMap((entry) => {
    const manager = textField(entry, 'manager')
    const operation = textField(entry, 'operation')
    if (manager === FIELD_MANAGER && operation === 'Update') return []
    if (!isRecord(entry) || manager !== to || operation !== 'Apply') return [entry]
    const fieldsV1 = which.reduce(
      (fields, amount) => withPath(fields, fieldPath(place, amount)),
      entry['fieldsV1'],
    )
    return [{ ...entry, fieldsV1 }]
  })
}

function withPath(fields: unknown, [key, ...rest]: readonly string[]): unknown {
  const known = isRecord(fields) ? fields : {}
  return key === undefined ? known : { ...known, [key]: withPath(known[key], rest) }
}

/** Whether stella declares anything of an object. */
export function hasApplied(object: ApiObject): boolean {
  return listField(object, 200, 'metadata', 'managedFields').some(
    (entry) =>
      textField(entry, 'manager') === FIELD_MANAGER && textField(entry, 'operation') === 'Apply',
  )
}

function has(fields: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path
  if (key === undefined) return true
  return isRecord(fields) && Object.hasOwn(fields, key) && has(fields[key], rest)
}

/** By hand, or the controller that copies a template into a pod once: what they wrote they do not write again by themselves. */
const WRITES_ONCE =
  /^(?:kubectl|kube-controller-manager$|stella$|k9s$|dashboard$|Mozilla$|node-fetch$)/

/** Whether somebody may write over it without being asked again. */
export function writesOnce(manager: string): boolean {
  return WRITES_ONCE.test(manager)
}

/** The managers that the API server names when it refuses an apply. */
export function managersIn(refusal: string): string[] {
  const named = [...refusal.matchAll(/conflicts? with "([^"]{1,200})"/g)].flatMap(
    ([, manager]) => manager ?? [],
  )
  return [...new Set(named)]
}

/** The release of Helm that an object belongs to. */
export function helmRelease(object: ApiObject): string | null {
  return textField(object, 'metadata', 'annotations', 'meta.helm.sh/release-name')
}

/** Who writes this object again, so that a change of it is lost: what to change there. */
export function managerWarnings(object: ApiObject, container: string, limit: string): string[] {
  const label = (name: string): string | null => textField(object, 'metadata', 'labels', name)
  const note = (name: string): string | null => textField(object, 'metadata', 'annotations', name)
  const where = `resources.limits.memory of ${container} to ${limit}`
  const operator = operatorOf(object)
  if (operator !== null) {
    return [`Its operator writes over it, mostly at once, from ${operator}: set ${where} there`]
  }
  const argo = note('argocd.argoproj.io/tracking-id') ?? label('argocd.argoproj.io/instance')
  if (argo !== null) {
    return [
      `Argo CD (${argo.split(':')[0]}) writes over it at its next sync: set ${where} in its repository (--for kustomize, or --for helm)`,
    ]
  }
  const flux = label('kustomize.toolkit.fluxcd.io/name') ?? label('helm.toolkit.fluxcd.io/name')
  if (flux !== null) {
    return [
      `Flux (${flux}) writes over it at its next round: set ${where} in its repository (--for kustomize, or --for helm)`,
    ]
  }
  const release = helmRelease(object)
  const manager = label('app.kubernetes.io/managed-by')
  if (release !== null || manager === 'Helm') {
    return [
      `Helm${release === null ? '' : ` (release ${release})`} writes over it at its next upgrade: set ${where} in the chart’s values (--for helm), most often --set resources.limits.memory=${limit}`,
    ]
  }
  if (manager !== null) {
    return [`${manager} manages it, and may write over it: set ${where} there`]
  }
  return note('kubectl.kubernetes.io/last-applied-configuration') === null
    ? []
    : [`kubectl apply of its manifest writes over it: set ${where} there, too (--for kustomize)`]
}

/** What an operator made it from, `Prometheus k8s`. */
function operatorOf(object: ApiObject): string | null {
  for (const reference of listField(object, 50, 'metadata', 'ownerReferences')) {
    const kind = textField(reference, 'kind')
    const name = textField(reference, 'name')
    const isCustom = textField(reference, 'apiVersion')?.split('/')[0]?.includes('.') === true
    if (isCustom && kind !== null && name !== null) return `${kind} ${name}`
  }
  return null
}
