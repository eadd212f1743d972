import { redactInspected } from '../../../evidence/redact.ts'
import { redactValue } from '../../../evidence/redact-text.ts'
import { isSecretName } from '../../../evidence/secret-name.ts'
import { field, isRecord, listField, textField } from '../../../parsers/json-fields.ts'

type Object = Record<string, unknown>

/** What of a pod bears on memory: what nobody judges may hold secrets, and is most of the bytes. */
const POD_SPEC = [
  'containers',
  'initContainers',
  'volumes',
  'resources',
  'overhead',
  'priority',
  'priorityClassName',
  'restartPolicy',
] as const
const CONTAINER = [
  'name',
  'image',
  'command',
  'args',
  'workingDir',
  'env',
  'envFrom',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'volumeMounts',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const
/** Of what makes pods, beside the pod. */
const LEFT_OUT = new Set([
  'template',
  'jobTemplate',
  'selector',
  'volumeClaimTemplates',
  'strategy',
  'updateStrategy',
])
/** Kubernetes mounts it into every pod. */
const TOKEN_VOLUME = /^(?:kube-api-access-|default-token-)/
const MAX_CONTAINERS = 200
const MAX_ITEMS = 1_000

/** An object of the API server, cut down to what is judged, and without secrets. */
export function keptOf(apiVersion: string, kind: string, object: Object): Object {
  return redactInspected({
    apiVersion,
    kind,
    metadata: picked(field(object, 'metadata'), ['name', 'namespace']),
    ...bodyOf(kind, object),
  })
}

function bodyOf(kind: string, object: Object): Object {
  const spec = field(object, 'spec')
  switch (kind) {
    case 'Namespace':
      return {}
    case 'Node':
      return {
        status: picked(field(object, 'status'), ['capacity', 'allocatable', 'nodeInfo']),
      }
    case 'Pod':
      return { spec: podSpec(spec) }
    case 'VerticalPodAutoscaler':
      return { spec, status: picked(field(object, 'status'), ['recommendation']) }
    case 'CronJob': {
      const job = field(spec, 'jobTemplate', 'spec')
      return { spec: { ...restOf(spec), jobTemplate: { spec: withPod(job) } } }
    }
    default:
      return { spec: isRecord(field(spec, 'template')) ? withPod(spec) : spec }
  }
}

function withPod(spec: unknown): Object {
  return { ...restOf(spec), template: { spec: podSpec(field(spec, 'template', 'spec')) } }
}

function restOf(spec: unknown): Object {
  if (!isRecord(spec)) return {}
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !LEFT_OUT.has(key)))
}

function podSpec(spec: unknown): Object {
  const kept = picked(spec, POD_SPEC)
  const volumes = listField(spec, MAX_ITEMS, 'volumes').filter((volume) => !isToken(volume))
  return {
    ...kept,
    ...('volumes' in kept ? { volumes } : {}),
    ...('initContainers' in kept ? { initContainers: containers(spec, 'initContainers') } : {}),
    containers: containers(spec, 'containers'),
  }
}

function containers(spec: unknown, key: string): Object[] {
  return listField(spec, MAX_CONTAINERS, key).map((container) => {
    const kept = picked(container, CONTAINER)
    const mounts = listField(container, MAX_ITEMS, 'volumeMounts')
    return {
      ...kept,
      ...('env' in kept ? { env: listField(container, MAX_ITEMS, 'env').map(variable) } : {}),
      ...('volumeMounts' in kept
        ? { volumeMounts: mounts.filter((mount) => !isToken(mount)) }
        : {}),
    }
  })
}

function variable(entry: unknown): unknown {
  const name = textField(entry, 'name')
  const value = textField(entry, 'value')
  if (!isRecord(entry) || name === null || value === null || !isSecretName(name)) return entry
  return { ...entry, value: redactValue(name, value, () => undefined) }
}

function isToken(named: unknown): boolean {
  return TOKEN_VOLUME.test(textField(named, 'name') ?? '')
}

function picked(from: unknown, keys: readonly string[]): Object {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = field(from, key)
      return value === null ? [] : [[key, value]]
    }),
  )
}
