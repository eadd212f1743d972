/** What the pods of a workload say of themselves. */
import { containerStatuses } from '../../../parsers/kubernetes/pod-parts.ts'
import { field, isRecord, listField, numberField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { ApiProblem } from '../../../sources/kubernetes/problem.ts'
import { listPathOf, type ApiObject, type Cluster } from './cluster.ts'
import { containersOf, memoryOf } from './containers.ts'

/** One pod says enough. */
const MAX_PODS = 100
/** A first kill may be the old limit, a second is not. */
const KILLED_OFTEN = 2

export interface Trouble {
  says: string
  /** Waiting does not help. */
  isFinal: boolean
}

/** Why pods with this limit do not get ready; null: nothing is known. */
export async function troubleOf(
  owner: ApiObject,
  { namespace, container, limit }: { namespace: string; container: string; limit: string | null },
  { api, signal }: Cluster,
): Promise<Trouble | null> {
  const labels = field(owner, 'spec', 'selector', 'matchLabels')
  if (!isRecord(labels)) return null
  const labelSelector = Object.entries(labels)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',')
  try {
    const path = listPathOf('pod', namespace)
    const list = await api.get({ path, query: { labelSelector, limit: MAX_PODS }, signal })
    const fresh = listField(list, MAX_PODS, 'items').filter((pod) =>
      hasLimit(pod, container, limit),
    )
    const troubles = fresh.flatMap((pod) => troubleIn(pod, container) ?? [])
    return troubles.find(({ isFinal }) => isFinal) ?? troubles[0] ?? null
  } catch (error) {
    signal.throwIfAborted()
    // Who may change a Deployment need not be one who may read its pods.
    if (error instanceof ApiProblem) return null
    throw error
  }
}

function hasLimit(pod: unknown, container: string, limit: string | null): boolean {
  const own = containersOf(field(pod, 'spec')).find(({ name }) => name === container)
  return own !== undefined && parseMemory(memoryOf(own.spec).limit) === parseMemory(limit)
}

function troubleIn(pod: unknown, container: string): Trouble | null {
  const name = textField(pod, 'metadata', 'name') ?? ''
  for (const condition of listField(pod, 50, 'status', 'conditions')) {
    if (textField(condition, 'type') !== 'PodScheduled') continue
    if (textField(condition, 'status') !== 'False') continue
    const why = (textField(condition, 'message') ?? '').slice(0, 300)
    return { says: `pod ${name} finds no node: ${why}`, isFinal: false }
  }
  const status = containerStatuses(pod).find((one) => textField(one, 'name') === container)
  const ended = ['lastState', 'state'].map((key) => textField(status, key, 'terminated', 'reason'))
  const restarts = numberField(status, 'restartCount') ?? 0
  if (ended.includes('OOMKilled')) {
    const says = `${container} of pod ${name} was OOM-killed at the new limit, too (${restarts} restarts)`
    return { says, isFinal: restarts >= KILLED_OFTEN }
  }
  const waits = textField(status, 'state', 'waiting', 'reason')
  if (waits === null || waits === 'ContainerCreating' || waits === 'PodInitializing') return null
  const why = (textField(status, 'state', 'waiting', 'message') ?? '').slice(0, 300)
  return {
    says: `${container} of pod ${name} waits: ${waits}${why === '' ? '' : `, ${why}`}`,
    isFinal: false,
  }
}

/** Bytes in use, as the cluster's metrics tell; null: they do not. */
export async function usageOf(
  { namespace, name }: { namespace: string; name: string },
  container: string,
  { api, signal }: Cluster,
): Promise<number | null> {
  try {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods/${name}`
    const metrics = await api.get({ path, signal })
    const own = listField(metrics, 500, 'containers').find(
      (one) => textField(one, 'name') === container,
    )
    return parseMemory(field(own, 'usage', 'memory'))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ApiProblem) return null
    throw error
  }
}
