import { MIB } from '../../../model/bytes.ts'
import { qosClassOfSpec } from '../../../parsers/kubernetes/qos.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import type { ContainerSpec, Memory } from './containers.ts'

interface Wish {
  limitBytes: number
  requestBytes: number | null
}

/** In whole MiB, never below what was asked for. */
export function inMi(bytes: number): string {
  return `${Math.ceil(bytes / MIB)}Mi`
}

/**
 * The memory that a container shall have: the limit, and a request that fits under it and leaves the pod in its class.
 *
 * @param now as it stands in the pod, or in the template of its owner
 */
export function wantedMemory(
  podSpec: unknown,
  { name }: ContainerSpec,
  now: Memory,
  { limitBytes, requestBytes }: Wish,
): Memory {
  const limit = inMi(limitBytes)
  const isGuaranteed = qosClassOfSpec(podSpec, { container: name, ...now }) === 'Guaranteed'
  // In a template the request may be left to the limit; then it stays so.
  if (isGuaranteed) return { limit, request: now.request === null ? null : limit }
  if (requestBytes !== null) return { limit, request: inMi(Math.min(requestBytes, limitBytes)) }
  const isAbove = now.request !== null && (parseMemory(now.request) ?? 0) > limitBytes
  return { limit, request: isAbove ? limit : now.request }
}
