/** PodMetrics of the metrics API: what `kubectl top` shows. */
import type { Observation } from '../../model/evidence.ts'
import type { KubeletFigures, PodUsage } from '../../model/kubelet.ts'
import type { Origin } from '../format.ts'
import { field, instantField, listField, textField } from '../json-fields.ts'
import type { ApiObject } from './documents.ts'
import { NO_FIGURES, observeFigures } from './kubelet-figures.ts'
import { parseMemory } from './quantity.ts'

const MAX_CONTAINERS = 200
const MAX_EXCERPT = 300

export function readPodUsage(value: unknown): PodUsage | null {
  const name = textField(value, 'metadata', 'name')
  const namespace = textField(value, 'metadata', 'namespace')
  if (name === null || namespace === null) return null
  const containers = listField(value, MAX_CONTAINERS, 'containers').flatMap((container) => {
    const own = textField(container, 'name')
    const bytes = parseMemory(field(container, 'usage', 'memory'))
    return own === null || bytes === null ? [] : [{ name: own, bytes }]
  })
  return {
    namespace,
    name,
    at: instantField(value, 'timestamp'),
    containers,
    workingSetBytes: null,
  }
}

/** The working set of each container, at one moment. */
export function readPodMetrics(
  { value, line }: ApiObject,
  origin: Origin,
): Observation<KubeletFigures>[] {
  const usage = readPodUsage(value)
  if (usage === null) return []
  const { namespace, name: pod, at } = usage
  return usage.containers.map(({ name: container, bytes }) => {
    const names = { node: null, namespace, pod, container, podUid: null, image: null }
    const measured = {
      ...NO_FIGURES,
      source: 'metrics-server',
      at,
      workingSetBytes: bytes,
    } as const
    const excerpt = JSON.stringify({ container, memory: bytes }).slice(0, MAX_EXCERPT)
    return observeFigures({ ...names, ...measured }, origin, { excerpt, line })
  })
}
