import { unreachableError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import type { KubernetesApi } from '../../sources/kubernetes/api.ts'
import { followChanges } from '../../sources/kubernetes/follow.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { readListed } from '../../sources/kubernetes/listing.ts'
import { ApiProblem } from '../../sources/kubernetes/problem.ts'
import { podUsage } from '../../sources/kubernetes/usage.ts'
import type { Reader } from '../../sources/reader.ts'
import { PodTable } from './pod-table.ts'
import type { ContainerRow } from './pod-table.ts'

/** What is known of a cluster after one round. */
export interface ClusterSnapshot {
  at: Instant
  /** Address of the API server. */
  where: string
  /** Null: the whole cluster; else all that may be seen. */
  namespace: string | null
  rows: readonly ContainerRow[]
  unknown: readonly string[]
  apiCalls: number
}

export interface ClusterWatcher {
  /**
   * Asks what the pods use; which there are is followed in between.
   *
   * @throws StellaError 3 where the pods may not be read at all
   */
  round(): Promise<ClusterSnapshot>
  close(): void
}

const PODS = { group: '/api/v1', resource: 'pods' }

/** @throws StellaError, see `clusterAccess` */
export async function openClusterWatcher(reader: Reader): Promise<ClusterWatcher> {
  const api = await kubernetesApi(reader)
  const stop = new AbortController()
  const table = new PodTable()
  let namespace: string | null = null
  let gap: string[] = []
  /** Null: the pods are not known, or not any more. */
  let following: Promise<void> | null = null

  async function begin(): Promise<void> {
    let since = ''
    table.clear()
    const reach = await readListed(api, PODS, stop.signal, ({ items, resourceVersion, anew }) => {
      if (anew) table.clear()
      for (const pod of items) table.take(pod)
      since = resourceVersion
    })
    if (reach.kind === 'none' || reach.kind === 'unknown kind') {
      const says = reach.kind === 'none' ? reach.says : 'the server knows no pods'
      throw unreachableError(says, api.access.where, 'ask for the right to list and watch pods')
    }
    namespace = reach.kind === 'namespace' ? api.access.namespace : null
    gap = reach.kind === 'namespace' ? [reach.says] : []
    following = follow(since).then(() => {
      following = null
    })
  }

  async function follow(since: string): Promise<void> {
    const below = namespace === null ? '' : `/namespaces/${namespace}`
    const list = { path: `${PODS.group}${below}/pods`, signal: stop.signal }
    try {
      for await (const { type, object } of followChanges(api, list, since)) {
        if (type === 'DELETED') table.drop(object)
        else table.take(object)
      }
    } catch (error) {
      // Whatever it is, `gone` or a right that was taken away: the next round lists again, and says what is wrong.
      if (!(error instanceof ApiProblem)) throw error
    }
  }

  return {
    async round() {
      if (following === null) await begin()
      const unknown = [...gap, ...(await readUsage(api, namespace, table, stop.signal))]
      return {
        at: reader.now(),
        where: api.access.where,
        namespace,
        rows: table.rows(),
        unknown,
        apiCalls: api.calls,
      }
    },
    close: () => stop.abort(),
  }
}

async function readUsage(
  api: KubernetesApi,
  namespace: string | null,
  table: PodTable,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    table.use(await podUsage(api, namespace, signal))
    return []
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    table.use([])
    const right = error.missingRight
    const why =
      error.kind === 'missing'
        ? 'the cluster has no metrics API (metrics-server)'
        : right === null
          ? error.message
          : `a right is missing: ${right}`
    return [`what pods use is not known: ${why}`]
  }
}
