import { usageError } from '../../../model/errors.ts'
import { field, isRecord, listField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import type { ApiObject } from './cluster.ts'

const MAX_CONTAINERS = 500

export type ContainerList = 'containers' | 'initContainers'

export interface ContainerSpec {
  name: string
  list: ContainerList
  /** Runs beside the others for the whole life of the pod: an init container that always restarts (KEP-753). */
  isSidecar: boolean
  spec: ApiObject
}

/** Memory as the API server keeps it: `512M` stays `512M`. Null: not set. */
export type Memory = { limit: string | null; request: string | null }

export function containersOf(podSpec: unknown): ContainerSpec[] {
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    listField(podSpec, MAX_CONTAINERS, list)
      .filter(isRecord)
      .map((spec) => ({
        name: textField(spec, 'name') ?? '',
        list,
        isSidecar: list === 'initContainers' && spec['restartPolicy'] === 'Always',
        spec,
      })),
  )
}

/** @throws StellaError where the pod has no such container, or has several and none is named */
export function chooseContainer(
  podSpec: unknown,
  where: string,
  wanted: string | null,
): ContainerSpec {
  const all = containersOf(podSpec)
  const main = all.filter(({ list }) => list === 'containers')
  const found =
    wanted === null
      ? main.length === 1
        ? main[0]
        : undefined
      : all.find(({ name }) => name === wanted)
  if (found !== undefined) return found
  const isEphemeral = listField(podSpec, MAX_CONTAINERS, 'ephemeralContainers').some(
    (spec) => wanted !== null && textField(spec, 'name') === wanted,
  )
  if (isEphemeral) {
    throw usageError(
      'an ephemeral container has no limit of its own',
      where,
      'change the pod’s containers',
    )
  }
  throw usageError(
    wanted === null ? 'the pod has several containers' : `the pod has no container ${wanted}`,
    where,
    `name one of ${all.map(({ name }) => name).join(', ')}`,
  )
}

export function memoryOf(container: unknown): Memory {
  return {
    limit: quantity(field(container, 'resources', 'limits', 'memory')),
    request: quantity(field(container, 'resources', 'requests', 'memory')),
  }
}

/** Manifests may hold a bare number. */
function quantity(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
}

/** The same amount, in whatever unit the server writes it. */
export function sameMemory(a: Memory, b: Memory): boolean {
  const same = (one: string | null, other: string | null): boolean =>
    one === other || (one !== null && other !== null && parseMemory(one) === parseMemory(other))
  return same(a.limit, b.limit) && same(a.request, b.request)
}
