import type { KubeletFigures } from '../../model/kubelet.ts'
import { cadvisorFigures } from '../../parsers/kubernetes/cadvisor.ts'
import { bareContainerId } from '../../parsers/kubernetes/pod.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import {
  field,
  instantField,
  isRecord,
  listField,
  numberField,
  textField,
} from '../../parsers/json-fields.ts'
import type { KubernetesApi } from './api.ts'
import { ApiProblem } from './problem.ts'
import type { PodUsage } from './usage.ts'
import { usageOfPod } from './usage.ts'

const MAX_CONTAINERS = 200
const MAX_PODS = 2_000
/** Of a node with 250 pods it is some 10 MiB. */
const MAX_CADVISOR_BYTES = 64 * 1024 * 1024

/** The pages of a node's kubelet, through the API server: it takes the right to `get nodes/proxy`. */
function kubeletPath(node: string, page: string): string {
  return `/api/v1/nodes/${node}/proxy/${page}`
}

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
  const limits = (container === null ? specs : [own(specs)]).map((spec) =>
    parseMemory(field(spec, 'resources', 'limits', 'memory')),
  )
  const known = limits.filter((bytes) => bytes !== null)
  const status = own(listField(pod, MAX_CONTAINERS, 'status', 'containerStatuses'))
  return {
    namespace: textField(pod, 'metadata', 'namespace') ?? 'default',
    pod: textField(pod, 'metadata', 'name') ?? '',
    container,
    containerId: bareContainerId(textField(status, 'containerID')),
    node: textField(pod, 'spec', 'nodeName'),
    podUid: textField(pod, 'metadata', 'uid'),
    image: textField(own(specs), 'image'),
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
  return figures === null
    ? null
    : { ...NOTHING, ...named(place), ...figures, source: 'metrics/cadvisor' }
}

const summary: Ask = async (api, place, signal) => {
  if (place.node === null) return null
  const answer = await api.get({ path: kubeletPath(place.node, 'stats/summary'), signal })
  const pod = listField(answer, MAX_PODS, 'pods').find(
    (one) =>
      textField(one, 'podRef', 'name') === place.pod &&
      textField(one, 'podRef', 'namespace') === place.namespace,
  )
  const of =
    place.container === null
      ? pod
      : listField(pod, MAX_CONTAINERS, 'containers').find(
          (one) => textField(one, 'name') === place.container,
        )
  const memory = field(of, 'memory')
  const usageBytes = numberField(memory, 'usageBytes')
  const workingSetBytes = numberField(memory, 'workingSetBytes')
  if (usageBytes === null && workingSetBytes === null) return null
  return {
    ...NOTHING,
    ...named(place),
    source: 'stats/summary',
    at: instantField(memory, 'time'),
    usageBytes,
    workingSetBytes,
    rssBytes: numberField(memory, 'rssBytes'),
    swapBytes: numberField(of, 'swap', 'swapUsageBytes'),
  }
}

const metrics: Ask = async (api, place, signal) => {
  const usage = await usageOfPod(api, place, signal)
  const own = (usage?.containers ?? []).filter(
    ({ name }) => place.container === null || name === place.container,
  )
  if (usage === null || own.length === 0) return null
  return {
    ...NOTHING,
    ...named(place),
    source: 'metrics-server',
    at: usage.at,
    workingSetBytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

const NOTHING = {
  at: null,
  path: null,
  usageBytes: null,
  workingSetBytes: null,
  rssBytes: null,
  cacheBytes: null,
  inactiveFileBytes: null,
  mappedFileBytes: null,
  kernelBytes: null,
  swapBytes: null,
  peakBytes: null,
  limitBytes: null,
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
 * What the kubelet of a node sees of the pods that it runs: the very figures that it evicts by.
 *
 * @throws ApiProblem
 */
export async function usageOnNode(
  api: KubernetesApi,
  node: string,
  signal: AbortSignal,
): Promise<readonly PodUsage[]> {
  const answer = await api.get({ path: kubeletPath(node, 'stats/summary'), signal })
  return listField(answer, MAX_PODS, 'pods').flatMap((pod) => {
    const name = textField(pod, 'podRef', 'name')
    const namespace = textField(pod, 'podRef', 'namespace')
    if (name === null || namespace === null) return []
    const containers = listField(pod, MAX_CONTAINERS, 'containers').flatMap((container) => {
      const own = textField(container, 'name')
      const bytes = numberField(container, 'memory', 'workingSetBytes')
      return own === null || bytes === null ? [] : [{ name: own, bytes }]
    })
    const memory = field(pod, 'memory')
    return [
      { namespace, name, at: isRecord(memory) ? instantField(memory, 'time') : null, containers },
    ]
  })
}
