import type { KubeletFigures, PodUsage } from '../../model/kubelet.ts'
import type { TextFormat } from '../format.ts'
import {
  amountField,
  field,
  instantField,
  isRecord,
  listField,
  parseRecord,
  textField,
  writeJson,
} from '../json-fields.ts'
import { NO_FIGURES, observeFigures, type Measured } from './kubelet-figures.ts'

/** What a kubelet tells of its node at `stats/summary`: the very figures that it evicts by. */
export interface NodeSummary {
  node: string | null
  pods: readonly PodUsage[]
  signals: readonly MemorySignal[]
}

/** One of the two figures of memory that a kubelet compares with its threshold. */
export interface MemorySignal {
  /** Of the machine, or of what its pods may have together. */
  name: 'memory.available' | 'allocatableMemory.available'
  /** Capacity less working set. */
  availableBytes: number
  workingSetBytes: number
}

const MAX_PODS = 2_000
const MAX_CONTAINERS = 200
const MAX_SYSTEM_CONTAINERS = 20

/** Whether a JSON value is what `kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary` prints. */
export function isNodeSummary(value: unknown): boolean {
  return textField(value, 'node', 'nodeName') !== null && isRecord(field(value, 'node', 'memory'))
}

/** The page as it is printed: what each pod and container of the node uses. */
export const statsSummary: TextFormat = {
  id: 'kubelet-stats-summary',

  recognise: (head) =>
    /^\s*\{\s*"(?:node|pods)"\s*:\s*[[{]/.test(head) &&
    /"(?:nodeName|podRef)"\s*:/.test(head) &&
    /"workingSetBytes"\s*:/.test(head),

  parse(text, origin) {
    const answer = parseRecord(text)
    if (answer === null || !isNodeSummary(answer)) return []
    const node = textField(answer, 'node', 'nodeName')
    return listField(answer, MAX_PODS, 'pods').flatMap((pod) =>
      [null, ...containersOf(pod)].flatMap((container) => {
        const figures = figuresOf(pod, container)
        const names = namesOf(pod, container)
        if (figures === null || names === null) return []
        const fact: KubeletFigures = { ...figures, ...names, node, image: null }
        const excerpt = writeJson(field(container ?? pod, 'memory'))
        return [observeFigures(fact, origin, { excerpt, line: null })]
      }),
    )
  },
}

/**
 * What `stats/summary` says of a pod or one of its containers; null where it says nothing.
 *
 * @param container null: the pod as a whole
 */
export function summaryFigures(
  answer: unknown,
  of: Pick<KubeletFigures, 'namespace' | 'pod' | 'container'>,
): Measured | null {
  const pod = listField(answer, MAX_PODS, 'pods').find((one) => {
    const names = namesOf(one, null)
    return names?.namespace === of.namespace && names.pod === of.pod
  })
  if (pod === undefined) return null
  if (of.container === null) return figuresOf(pod, null)
  const container = containersOf(pod).find((one) => textField(one, 'name') === of.container)
  return container === undefined ? null : figuresOf(pod, container)
}

export function readNodeSummary(value: unknown): NodeSummary {
  const whole = field(value, 'node', 'memory')
  const pods = listField(value, MAX_SYSTEM_CONTAINERS, 'node', 'systemContainers').find(
    (one) => textField(one, 'name') === 'pods',
  )
  return {
    node: textField(value, 'node', 'nodeName'),
    pods: listField(value, MAX_PODS, 'pods').flatMap((pod) => usageOf(pod) ?? []),
    signals: [
      signalOf('memory.available', whole),
      signalOf('allocatableMemory.available', field(pods, 'memory')),
    ].filter((signal) => signal !== null),
  }
}

function containersOf(pod: unknown): unknown[] {
  return listField(pod, MAX_CONTAINERS, 'containers')
}

function namesOf(
  pod: unknown,
  container: unknown,
): Pick<KubeletFigures, 'namespace' | 'pod' | 'container' | 'podUid'> | null {
  const namespace = textField(pod, 'podRef', 'namespace')
  const name = textField(pod, 'podRef', 'name')
  const own = container === null ? null : textField(container, 'name')
  if (namespace === null || name === null || (container !== null && own === null)) return null
  return { namespace, pod: name, container: own, podUid: textField(pod, 'podRef', 'uid') }
}

function figuresOf(pod: unknown, container: unknown): Measured | null {
  const of = container ?? pod
  const memory = field(of, 'memory')
  const usageBytes = amountField(memory, 'usageBytes')
  const workingSetBytes = amountField(memory, 'workingSetBytes')
  if (usageBytes === null && workingSetBytes === null) return null
  // It is told where there is a limit, and is what that leaves.
  const availableBytes = amountField(memory, 'availableBytes')
  return {
    ...NO_FIGURES,
    source: 'stats/summary',
    at: instantField(memory, 'time'),
    usageBytes,
    workingSetBytes,
    rssBytes: amountField(memory, 'rssBytes'),
    swapBytes: amountField(of, 'swap', 'swapUsageBytes'),
    limitBytes:
      availableBytes === null || workingSetBytes === null ? null : availableBytes + workingSetBytes,
  }
}

function usageOf(pod: unknown): PodUsage | null {
  const name = textField(pod, 'podRef', 'name')
  const namespace = textField(pod, 'podRef', 'namespace')
  if (name === null || namespace === null) return null
  const containers = listField(pod, MAX_CONTAINERS, 'containers').flatMap((container) => {
    const own = textField(container, 'name')
    const bytes = amountField(container, 'memory', 'workingSetBytes')
    return own === null || bytes === null ? [] : [{ name: own, bytes }]
  })
  const memory = field(pod, 'memory')
  return {
    namespace,
    name,
    at: isRecord(memory) ? instantField(memory, 'time') : null,
    containers,
    workingSetBytes: amountField(memory, 'workingSetBytes'),
  }
}

function signalOf(name: MemorySignal['name'], memory: unknown): MemorySignal | null {
  const availableBytes = amountField(memory, 'availableBytes')
  const workingSetBytes = amountField(memory, 'workingSetBytes')
  return availableBytes === null || workingSetBytes === null
    ? null
    : { name, availableBytes, workingSetBytes }
}
