import { unreachableError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import { followChanges } from '../../sources/kubernetes/follow.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { readListed } from '../../sources/kubernetes/listing.ts'
import { ApiProblem } from '../../sources/kubernetes/problem.ts'
import { toldUsage } from '../../sources/kubernetes/told-usage.ts'
import type { ToldUsage } from '../../sources/kubernetes/told-usage.ts'
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
  /** Who tells what they use. */
  usage: Pick<ToldUsage, 'from' | 'says'>
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

/** The metrics API answers all in one call; kubelets are asked as often as metrics-server asks them. */
const KUBELETS_EVERY_MS = 15_000
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
  let told: { usage: ToldUsage; at: Instant } | null = null

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
    gap = reach.kind === 'namespace' && reach.says !== null ? [reach.says] : []
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

  async function latestUsage(): Promise<ToldUsage> {
    const now = reader.now()
    if (
      told !== null &&
      told.usage.from !== 'metrics-server' &&
      now - told.at < KUBELETS_EVERY_MS
    ) {
      return told.usage
    }
    const of = { namespace, nodes: table.nodes() }
    told = { usage: await toldUsage(api, of, stop.signal), at: now }
    return told.usage
  }

  return {
    async round() {
      if (following === null) await begin()
      const { from, says, pods, unknown } = await latestUsage()
      table.use(pods)
      return {
        at: reader.now(),
        where: api.access.where,
        namespace,
        usage: { from, says },
        rows: table.rows(),
        unknown: [...gap, ...unknown],
        apiCalls: api.calls,
      }
    },
    close: () => stop.abort(),
  }
}
