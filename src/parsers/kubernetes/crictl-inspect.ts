import type { PodContainerState, PodState } from '../../model/cluster.ts'
import { limitOrNull } from '../../model/bytes.ts'
import { field, instantField, numberField, textField, writeJson } from '../json-fields.ts'
import { jsonObjects } from '../json.ts'
import type { TextFormat } from '../format.ts'
import { observe } from './observation.ts'
import { describePod } from './pod-words.ts'

const MAX_CONTAINERS = 1_000

/** `crictl inspect`: what containerd or CRI-O know of a pod's container, on a node whose API server is not to be asked. */
export const crictlInspect: TextFormat = {
  id: 'crictl-inspect',

  recognise(head) {
    return /^\s*[[{]/.test(head) && /"state" *: *"CONTAINER_[A-Z]+"/.test(head)
  },

  parse(text, origin) {
    const objects = [...jsonObjects(text)].slice(0, MAX_CONTAINERS)
    return objects.flatMap(({ value, line }) => {
      const fact = readStatus(value)
      if (fact === null) return []
      const [container] = fact.containers
      const at = container?.state?.finishedAt ?? origin.readAt
      const excerpt = writeJson(field(value, 'status'))
      return [observe(origin, { fact, at, says: describePod(fact), excerpt, line })]
    })
  },
}

/** ContainerStatus of the CRI (k8s.io/cri-api, runtime/v1/api.proto). */
function readStatus(value: unknown): PodState | null {
  const status = field(value, 'status')
  const name = textField(status, 'metadata', 'name')
  const pod = textField(status, 'labels', 'io.kubernetes.pod.name')
  if (name === null || pod === null) return null
  const containerId = textField(status, 'id')
  return {
    kind: 'pod-state',
    namespace: textField(status, 'labels', 'io.kubernetes.pod.namespace') ?? 'default',
    name: pod,
    uid: textField(status, 'labels', 'io.kubernetes.pod.uid'),
    node: null,
    phase: null,
    reason: null,
    message: null,
    qosClass: null,
    restartPolicy: null,
    podMemoryLimitBytes: null,
    containers: [
      {
        name,
        role: 'main',
        containerId,
        image: textField(status, 'image', 'image'),
        memoryRequestBytes: null,
        memoryLimitBytes: memoryLimitOf(value),
        command: [],
        env: [],
        restartCount: numberField(status, 'metadata', 'attempt'),
        ready: null,
        state: stateOf(status, containerId),
        lastState: null,
      },
    ],
  }
}

const PHASES: Readonly<Record<string, PodContainerState['phase']>> = {
  CONTAINER_CREATED: 'waiting',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'terminated',
}

function stateOf(status: unknown, containerId: string | null): PodContainerState | null {
  const phase = PHASES[textField(status, 'state') ?? '']
  if (phase === undefined) return null
  const isOver = phase === 'terminated'
  return {
    phase,
    reason: textField(status, 'reason'),
    message: textField(status, 'message'),
    exitCode: isOver ? numberField(status, 'exitCode') : null,
    signal: null,
    startedAt: instantField(status, 'startedAt'),
    finishedAt: isOver ? instantField(status, 'finishedAt') : null,
    containerId,
  }
}

/** In the status since CRI v1.26, as text like every 64-bit number of protobuf's JSON; before, in the runtime's own spec alone. */
function memoryLimitOf(value: unknown): number | null {
  const told = field(value, 'status', 'resources', 'linux', 'memoryLimitInBytes')
  const spec = field(value, 'info', 'runtimeSpec', 'linux', 'resources', 'memory', 'limit')
  const bytes = [told, spec].map(Number).find((limit) => Number.isSafeInteger(limit) && limit > 0)
  return limitOrNull(bytes ?? null)
}
