import { CLUSTER_SCHEMA, type ClusterDocument } from '../../../audit/documents/cluster.ts'
import { unreachableError } from '../../../model/errors.ts'
import { field, listField, textField } from '../../../parsers/json-fields.ts'
import { conditionStatus } from '../../../parsers/kubernetes/node.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import type { KubernetesApi } from '../../../sources/kubernetes/api.ts'
import { kubernetesApi } from '../../../sources/kubernetes/index.ts'
import { type Listed, readListed } from '../../../sources/kubernetes/listing.ts'
import { toldUsage } from '../../../sources/kubernetes/told-usage.ts'
import type { Reader } from '../../../sources/reader.ts'
import type { Survey, SurveyDocument } from '../survey.ts'
import { keptOf } from './kept.ts'
import { waysOfKubelets } from './kubelets.ts'
import { controllerOf } from '../../../parsers/kubernetes/controller.ts'
import { keyOf, PodTally } from './pods.ts'

/** A cluster as it is now. */
export interface ClusterSurvey extends Survey {
  /** Address of its API server. */
  where: string
  pods: number
  nodes: number
  /** What makes pods, and pods that nobody makes. */
  workloads: number
  /** Calls of the API. */
  calls: number
  /** Something that would be judged may not be read. */
  missesRight: boolean
}

interface Kind extends Listed {
  kind: string
}

/** What is asked for, but for pods. Secrets never are, and ConfigMaps are not: values of settings may stand in them. */
const KINDS: readonly Kind[] = [
  { kind: 'Node', group: '/api/v1', resource: 'nodes', isOfCluster: true },
  { kind: 'Namespace', group: '/api/v1', resource: 'namespaces', isOfCluster: true },
  { kind: 'LimitRange', group: '/api/v1', resource: 'limitranges' },
  { kind: 'ResourceQuota', group: '/api/v1', resource: 'resourcequotas' },
  { kind: 'Deployment', group: '/apis/apps/v1', resource: 'deployments' },
  { kind: 'StatefulSet', group: '/apis/apps/v1', resource: 'statefulsets' },
  { kind: 'DaemonSet', group: '/apis/apps/v1', resource: 'daemonsets' },
  { kind: 'CronJob', group: '/apis/batch/v1', resource: 'cronjobs' },
  { kind: 'Job', group: '/apis/batch/v1', resource: 'jobs' },
  {
    kind: 'HorizontalPodAutoscaler',
    group: '/apis/autoscaling/v2',
    resource: 'horizontalpodautoscalers',
  },
  {
    kind: 'VerticalPodAutoscaler',
    group: '/apis/autoscaling.k8s.io/v1',
    resource: 'verticalpodautoscalers',
  },
]
const PODS = { group: '/api/v1', resource: 'pods' }
const NOT_WORKLOADS = new Set([
  'Node',
  'Namespace',
  'LimitRange',
  'ResourceQuota',
  'HorizontalPodAutoscaler',
  'VerticalPodAutoscaler',
])

const TIMEOUT_MS = 120_000
/** Of all documents together: some 20,000 workloads. */
const MAX_CHARACTERS = 32 * 1024 * 1024
const MAX_CONDITIONS = 100

/**
 * Looks at a cluster: its workloads, each once, its nodes, and what happened to the pods of each. Objects are cut down as they
 * come, page by page, and pods are only added up.
 *
 * @throws StellaError 2 or 3 where no cluster is described, 3 where it is out of reach or shows nothing
 */
export async function surveyCluster(reader: Reader): Promise<ClusterSurvey> {
  const api = await kubernetesApi(reader)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const survey = new Surveying(api, signal)
  const isWhole = api.access.onlyNamespace === null
  for (const kind of KINDS) if (isWhole || kind.isOfCluster !== true) await survey.list(kind)
  await survey.listPods()
  await survey.listUsage()
  if (isWhole) await survey.listKubelets(reader.now())
  return survey.done(reader.now())
}

type NodeDocument = ClusterDocument['nodes'][number]

class Surveying {
  readonly #api: KubernetesApi
  readonly #signal: AbortSignal
  readonly #documents = new Map<string, string>()
  readonly #nodes = new Map<string, Pick<NodeDocument, 'allocatableBytes' | 'memoryPressure'>>()
  /** The CronJob of a Job that has one. */
  readonly #cronJobs = new Map<string, string>()
  /** Of which a pod is judged. */
  readonly #standIns = new Set<string>()
  readonly #unread: string[] = []
  #tally = this.#newTally()
  #characters = 0
  #leftOut = 0
  #workloads = 0
  #missesRight = false

  constructor(api: KubernetesApi, signal: AbortSignal) {
    this.#api = api
    this.#signal = signal
  }

  async list(kind: Kind): Promise<void> {
    await this.#read(kind, (items) => {
      for (const item of items) this.#takeObject(kind, item)
    })
  }

  async listPods(): Promise<void> {
    await this.#read(PODS, (items, anew) => {
      if (anew) this.#tally = this.#newTally()
      for (const item of items) {
        const owner = this.#tally.take(item)
        // Who makes it may be of a kind that is not asked for, or that may not be read: then it stands for the others.
        if (this.#documents.has(pathOf(owner))) continue
        const { name, namespace } = owner
        const pod = { ...item, metadata: { name, namespace } }
        this.#standIns.add(keyOf(owner))
        this.#keep(pathOf(owner), keptOf('v1', 'Pod', pod), true)
      }
    })
  }

  async listUsage(): Promise<void> {
    const of = {
      namespace: this.#api.access.onlyNamespace,
      nodes: [...this.#tally.nodes.keys()],
    }
    const { pods, unknown } = await toldUsage(this.#api, of, this.#signal)
    for (const pod of pods) this.#tally.use(pod)
    this.#unread.push(...unknown)
  }

  async listKubelets(readAt: number): Promise<void> {
    const nodes = [...new Set([...this.#nodes.keys(), ...this.#tally.nodes.keys()])]
    const { ways, unknown } = await waysOfKubelets(this.#api, nodes, {
      signal: this.#signal,
      readAt,
    })
    for (const { node, object } of ways) {
      this.#keep(pathOf({ kind: 'KubeletConfiguration', namespace: '', name: node }), object, false)
    }
    this.#unread.push(...unknown)
  }

  done(at: number): ClusterSurvey {
    const { onlyNamespace } = this.#api.access
    if (this.#documents.size === 0 && this.#unread.length === 0 && onlyNamespace !== null) {
      throw unreachableError(
        `the namespace ${onlyNamespace} holds nothing that is judged`,
        this.#api.access.where,
        "name one of 'kubectl get namespaces'",
      )
    }
    if (this.#documents.size === 0) {
      throw unreachableError(
        `nothing of the cluster can be read: ${this.#unread.join('; ')}`,
        this.#api.access.where,
        'ask for the right to list deployments, pods and nodes, or use a context that has it',
      )
    }
    if (this.#leftOut > 0) {
      this.#unread.push(`${this.#leftOut} objects were not judged: there are too many`)
    }
    const documents: SurveyDocument[] = [{ path: 'k8s:cluster', text: this.#clusterText(at) }]
    for (const [path, text] of this.#documents) documents.push({ path, text })
    return {
      documents,
      unread: this.#unread,
      where: this.#api.access.where,
      pods: this.#tally.pods,
      nodes: this.#nodes.size,
      workloads: this.#workloads,
      calls: this.#api.calls,
      missesRight: this.#missesRight,
    }
  }

  async #read(
    listed: Listed,
    take: (items: readonly Record<string, unknown>[], anew: boolean) => void,
  ): Promise<void> {
    const reach = await readListed(this.#api, listed, this.#signal, ({ items, anew }) =>
      take(items, anew),
    )
    if (reach.kind !== 'namespace' && reach.kind !== 'none') return
    if (reach.says === null) return
    this.#unread.push(reach.says)
    this.#missesRight ||= reach.kind === 'namespace' || reach.missesRight
  }

  #takeObject({ kind, group }: Kind, item: Record<string, unknown>): void {
    const name = textField(item, 'metadata', 'name') ?? ''
    const namespace = textField(item, 'metadata', 'namespace') ?? ''
    if (kind === 'Node') this.#nodes.set(name, nodeOf(item))
    if (kind === 'Job') {
      const owner = controllerOf(item)
      if (owner?.kind === 'CronJob') this.#cronJobs.set(`${namespace}/${name}`, owner.name)
      if (owner !== null || isComplete(item)) return
    }
    const path = pathOf({ kind, namespace, name })
    this.#keep(path, keptOf(versionOf(group), kind, item), !NOT_WORKLOADS.has(kind))
  }

  #keep(path: string, object: Record<string, unknown>, isWorkload: boolean): void {
    if (this.#documents.has(path)) return
    const text = `${JSON.stringify(object, null, 2)}\n`
    if (this.#characters + text.length > MAX_CHARACTERS) {
      this.#leftOut++
      return
    }
    this.#characters += text.length
    this.#documents.set(path, text)
    if (isWorkload) this.#workloads++
  }

  #newTally(): PodTally {
    return new PodTally((namespace, job) => this.#cronJobs.get(`${namespace}/${job}`) ?? null)
  }

  #clusterText(at: number): string {
    const sums = this.#tally.nodes
    const names = new Set([...this.#nodes.keys(), ...sums.keys()])
    const document: ClusterDocument = {
      schema: CLUSTER_SCHEMA,
      at: new Date(at).toISOString(),
      nodes: [...names].map((name): NodeDocument => {
        const { usageBytes, ...sum } = sums.get(name) ?? NOTHING
        return {
          name,
          ...this.#nodes.get(name),
          ...sum,
          ...(usageBytes === null ? {} : { usageBytes }),
        }
      }),
      workloads: this.#tally
        .workloads()
        .map((workload) =>
          this.#standIns.has(keyOf(workload)) ? { ...workload, kind: 'Pod' } : workload,
        ),
      resizes: this.#tally.resizes(),
    }
    return `${JSON.stringify(document, null, 2)}\n`
  }
}

const NOTHING = { requestBytes: 0, limitBytes: 0, usageBytes: null, pods: 0, bestEffort: 0 }

/** `k8s:shop:Deployment:web`. */
function pathOf({ kind, namespace, name }: Parameters<typeof keyOf>[0]): string {
  return namespace === '' ? `k8s:${kind}:${name}` : `k8s:${keyOf({ kind, namespace, name })}`
}

/** `/apis/apps/v1` is `apps/v1`. */
function versionOf(group: string): string {
  return group.replace(/^\/apis?\//, '')
}

function nodeOf(node: unknown): Pick<NodeDocument, 'allocatableBytes' | 'memoryPressure'> {
  const allocatableBytes = parseMemory(field(node, 'status', 'allocatable', 'memory'))
  const pressure = listField(node, MAX_CONDITIONS, 'status', 'conditions').find(
    (condition) => textField(condition, 'type') === 'MemoryPressure',
  )
  const memoryPressure = conditionStatus(textField(pressure, 'status'))
  return {
    ...(allocatableBytes === null ? {} : { allocatableBytes }),
    ...(memoryPressure === null ? {} : { memoryPressure }),
  }
}

/** It ran to its end, and nobody starts it again. */
function isComplete(job: unknown): boolean {
  return listField(job, MAX_CONDITIONS, 'status', 'conditions').some(
    (condition) =>
      textField(condition, 'type') === 'Complete' && textField(condition, 'status') === 'True',
  )
}
