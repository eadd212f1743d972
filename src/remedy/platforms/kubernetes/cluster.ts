import { refusedError, usageError } from '../../../model/errors.ts'
import { listField, textField } from '../../../parsers/json-fields.ts'
import type { KubernetesApi } from '../../../sources/kubernetes/api.ts'
import { kubernetesApi } from '../../../sources/kubernetes/index.ts'
import { ApiProblem, asStellaError } from '../../../sources/kubernetes/problem.ts'
import type { Hands } from '../../driver.ts'

/** An object of the API server, as it was received. */
export type ApiObject = Readonly<Record<string, unknown>>

/** The kinds that a pod may come from, as kubectl writes them. */
export const KIND_NAMES = [
  'pod',
  'replicaset',
  'deployment',
  'statefulset',
  'daemonset',
  'job',
  'cronjob',
] as const
export type KindName = (typeof KIND_NAMES)[number]

export interface ObjectName {
  kind: KindName
  namespace: string
  name: string
}

export const KINDS = {
  pod: { apiVersion: 'v1', kind: 'Pod' },
  replicaset: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  statefulset: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  daemonset: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  job: { apiVersion: 'batch/v1', kind: 'Job' },
  cronjob: { apiVersion: 'batch/v1', kind: 'CronJob' },
} as const satisfies Record<KindName, { apiVersion: string; kind: string }>

/** The API server, for one step of a fix. */
export interface Cluster {
  api: KubernetesApi
  signal: AbortSignal
}

/** @throws StellaError where no cluster is described */
export async function openCluster({ reader, signal }: Hands): Promise<Cluster> {
  return { api: await kubernetesApi(reader), signal }
}

/** @throws StellaError where there is no such object, or it may not be read */
export async function getObject(object: ObjectName, { api, signal }: Cluster): Promise<ApiObject> {
  refuseStrangeNames(object)
  try {
    return await api.get({ path: pathOf(object), signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ApiProblem)) throw error
    if (error.kind !== 'missing') throw asStellaError(error, api.access.where)
    const todo = `see those that there are: kubectl -n ${object.namespace} get ${object.kind}s`
    throw refusedError('missing', error.message, nameOf(object), todo)
  }
}

/** Names become parts of addresses. */
function refuseStrangeNames({ kind, namespace, name }: ObjectName): void {
  const isName = (word: string): boolean => /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(word)
  if (isName(namespace) && isName(name)) return
  throw usageError(
    `${namespace}/${name} is no name of a ${kind}`,
    null,
    'write it as k8s:NAMESPACE/POD',
  )
}

/** Where an object is read and written. */
export function pathOf({ kind, namespace, name }: ObjectName): string {
  return `${listPathOf(kind, namespace)}/${name}`
}

export function listPathOf(kind: KindName, namespace: string): string {
  const { apiVersion } = KINDS[kind]
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  return `${group}/namespaces/${namespace}/${kind}s`
}

export function nameOf({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace}/${name}`
}

/** Before this a memory limit could not be lowered without a restart of the container (KEP-1287). */
const LOWER_SERVER = 34

export interface Abilities {
  /** Pods have the subresource `resize`: on by default since 1.33. */
  resize: boolean
  lowerInPlace: boolean
}

/** @throws StellaError where the server does not say what it can do */
export async function abilities({ api, signal }: Cluster): Promise<Abilities> {
  try {
    const resources = listField(await api.get({ path: '/api/v1', signal }), 1_000, 'resources')
    const resize = resources.some((one) => textField(one, 'name') === 'pods/resize')
    const version = await api.get({ path: '/version', signal })
    return { resize, lowerInPlace: minorOf(version) >= LOWER_SERVER }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof ApiProblem ? asStellaError(error, api.access.where) : error
  }
}

/** Clouds write `33+`. */
function minorOf(version: unknown): number {
  return Number(textField(version, 'major')) > 1
    ? Infinity
    : Number.parseInt(textField(version, 'minor') ?? '', 10)
}
