import { containerSpecs, containerStatuses } from '../../parsers/kubernetes/pod-parts.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import { cadvisorFigures } from '../../parsers/kubernetes/cadvisor.ts'
import { NO_FIGURES } from '../../parsers/kubernetes/kubelet-figures.ts'
import { bareContainerId } from '../../parsers/kubernetes/pod.ts'
import { readNodeSummary, summaryFigures } from '../../parsers/kubernetes/node-summary.ts'
import type { NodeSummary } from '../../parsers/kubernetes/node-summary.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import { field, listField, textField } from '../../parsers/json-fields.ts'
import type { KubernetesApi } from './api.ts'
import { kubeletPath, MAX_CADVISOR_BYTES } from './kubelet.ts'
import { ApiProblem } from './problem.ts'
import { usageOfPod } from './usage.ts'

const MAX_CONTAINERS = 200

export interface PodFigures {
  /** Null: nobody tells anything. */
  figures: KubeletFigures | null
  /** What could not be asked, and why. */
  unknown: readonly string[]
}

/**
 * What the kubelet tells of a pod, or of one of its containers, by the page that tells most of those that may be read.
 *
 * @param pod as the API server holds it
 */
export async function podFigures(
  api: KubernetesApi,
  pod: Record<string, unknown>,
  container: string | null,
  signal: AbortSignal,
): Promise<PodFigures> {
  const unknown: string[] = []
  const known = placeOf(pod, container)
  for (const ask of [cadvisor, summary, metrics]) {
    try {
      const figures = await ask(api, known, signal)
      if (figures !== null)
        return { figures: { ...figures, limitBytes: known.limitBytes }, unknown }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      unknown.push(whyNot(error))
    }
  }
  return { figures: null, unknown }
}

interface PodPlace extends Pick<
  KubeletFigures,
  'namespace' | 'pod' | 'container' | 'node' | 'podUid' | 'image' | 'limitBytes'
> {
  containerId: string | null
}

function placeOf(pod: Record<string, unknown>, container: string | null): PodPlace {
  const specs = listField(pod, MAX_CONTAINERS, 'spec', 'containers')
  const own = (list: readonly unknown[]): unknown =>
    list.find((one) => container !== null && textField(one, 'name') === container) ?? null
  const spec = own(containerSpecs(pod))
  const limits = (container === null ? specs : [spec]).map((one) =>
    parseMemory(field(one, 'resources', 'limits', 'memory')),
  )
  const known = limits.filter((bytes) => bytes !== null)
  const status = own(containerStatuses(pod))
  return {
    namespace: textField(pod, 'metadata', 'namespace') ?? 'default',
    pod: textField(pod, 'metadata', 'name') ?? '',
    container,
    containerId: bareContainerId(textField(status, 'containerID')),
    node: textField(pod, 'spec', 'nodeName'),
    podUid: textField(pod, 'metadata', 'uid'),
    image: textField(spec, 'image'),
    limitBytes:
      known.length < limits.length ? null : known.reduce((sum, bytes) => sum + bytes, 0) || null,
  }
}

type Ask = (
  api: KubernetesApi,
  place: PodPlace,
  signal: AbortSignal,
) => Promise<KubeletFigures | null>

const cadvisor: Ask = async (api, place, signal) => {
  if (place.node === null) return null
  const path = kubeletPath(place.node, 'metrics/cadvisor')
  const { text } = await api.text({ path, signal, maxBytes: MAX_CADVISOR_BYTES })
  const figures = cadvisorFigures(text, place)
  return figures === null ? null : { ...named(place), ...figures, source: 'metrics/cadvisor' }
}

const summary: Ask = async (api, place, signal) => {
  if (place.node === null) return null
  const answer = await api.get({ path: kubeletPath(place.node, 'stats/summary'), signal })
  const figures = summaryFigures(answer, place)
  return figures === null ? null : { ...named(place), ...figures }
}

const metrics: Ask = async (api, place, signal) => {
  const usage = await usageOfPod(api, place, signal)
  const own = (usage?.containers ?? []).filter(
    ({ name }) => place.container === null || name === place.container,
  )
  if (usage === null || own.length === 0) return null
  return {
    ...NO_FIGURES,
    ...named(place),
    source: 'metrics-server',
    at: usage.at,
    workingSetBytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function named({
  containerId: _,
  limitBytes: __,
  ...place
}: PodPlace): Omit<PodPlace, 'containerId' | 'limitBytes'> {
  return place
}

function whyNot(problem: ApiProblem): string {
  const page = problem.call.replace(/^GET /, '')
  const right = problem.missingRight
  if (right !== null) return `${page} may not be read: a right is missing: ${right}`
  return `${page} could not be read: ${problem.message.split('\n', 1)[0] ?? ''}`
}

/**
 * What the kubelet of a node sees of its memory and of the pods that it runs: the very figures that it evicts by.
 *
 * @throws ApiProblem
 */
export async function summaryOfNode(
  api: KubernetesApi,
  node: string,
  signal: AbortSignal,
): Promise<NodeSummary> {
  const path = kubeletPath(node, 'stats/summary')
  // Without its disks: half as long, and no work for the kubelet.
  return readNodeSummary(await api.get({ path, query: { only_cpu_and_memory: true }, signal }))
}
