import { containerStatuses } from '../../parsers/kubernetes/pod-parts.ts'
import type { World } from '../../model/evidence.ts'
import { numberField, textField } from '../../parsers/json-fields.ts'
import { appLog } from '../../parsers/app-log/index.ts'
import { attempt, gapOf, nameIn } from './objects.ts'
import type { ApiObject } from './objects.ts'
import type { KubernetesApi } from './api.ts'

const LINES = 200
const MAX_BYTES = 256 * 1024
/** Sidecars of sidecars: more are not asked for their logs. */
const MAX_CONTAINERS = 8

/**
 * The end of the log of each container that has ended: that of its last life where it runs again. Runtimes write there why they
 * gave up.
 */
export async function lastWords(
  api: KubernetesApi,
  pod: ApiObject,
  signal: AbortSignal,
): Promise<World> {
  const ended = containerStatuses(pod).filter(hasFailed).slice(0, MAX_CONTAINERS)
  const worlds = await Promise.all(ended.map((status) => logOf(api, pod, status, signal)))
  return {
    observations: worlds.flatMap(({ observations }) => observations),
    unknown: worlds.flatMap(({ unknown }) => unknown),
  }
}

function hasFailed(status: unknown): boolean {
  return ['state', 'lastState'].some((state) => {
    const code = numberField(status, state, 'terminated', 'exitCode')
    return code !== null && code !== 0
  })
}

async function logOf(
  api: KubernetesApi,
  pod: ApiObject,
  status: unknown,
  signal: AbortSignal,
): Promise<World> {
  const container = textField(status, 'name') ?? ''
  const name = nameIn(pod) ?? ''
  const namespace = textField(pod, 'metadata', 'namespace') ?? ''
  const previous = numberField(status, 'state', 'terminated', 'exitCode') === null
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`
  const query = { container, previous, tailLines: LINES, limitBytes: MAX_BYTES }
  const log = await attempt(api.text({ path, query, signal, maxBytes: MAX_BYTES }))
  // As people would read it; pod and container stand in it, so that its words find their subject.
  const from = `kubectl logs ${name} -c ${container}${previous ? ' --previous' : ''}`
  if (!log.ok) return { observations: [], unknown: [gapOf(`the log of ${container}`, log.problem)] }
  const reader = appLog.open({ from, readAt: null, source: 'log' })
  reader.push(new TextEncoder().encode(log.value.text))
  return { observations: reader.finish(), unknown: [] }
}
