import { listField } from '../json-fields.ts'

const MAX_CONTAINERS = 200

/** The containers of a pod as its manifest has them, init containers and sidecars, which are such, first. */
export function containerSpecs(pod: unknown): unknown[] {
  return ['initContainers', 'containers'].flatMap((key) =>
    listField(pod, MAX_CONTAINERS, 'spec', key),
  )
}

/** What its status says of each of them, in the same order. */
export function containerStatuses(pod: unknown): unknown[] {
  return ['initContainerStatuses', 'containerStatuses'].flatMap((key) =>
    listField(pod, MAX_CONTAINERS, 'status', key),
  )
}
