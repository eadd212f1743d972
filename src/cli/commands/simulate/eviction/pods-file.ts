import * as z from 'zod/mini'
import { usageError } from '../../../../model/errors.ts'
import type { MemorySignal } from '../../../../parsers/kubernetes/node-summary.ts'
import type { EvictionPod } from '../../../../simulate/eviction/pod.ts'
import { fieldPath } from '../field-path.ts'

const bytes = z.int().check(z.nonnegative())
const qosClass = z.enum(['Guaranteed', 'Burstable', 'BestEffort'])

const podShape = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(1_000)),
  requestBytes: bytes,
  usageBytes: z.optional(z.nullable(bytes)),
  priority: z.optional(z.int()),
  limitBytes: z.optional(z.nullable(bytes)),
  hasStats: z.optional(z.boolean()),
  static: z.optional(z.boolean()),
  priorityClassName: z.optional(z.nullable(z.string())),
  qosClass: z.optional(z.nullable(qosClass)),
})

const fileShape = z.object({
  pods: z.array(podShape).check(z.minLength(1), z.maxLength(20_000)),
  nodeCapacityBytes: z.optional(z.nullable(bytes)),
})

export interface PodsFile {
  pods: readonly EvictionPod[]
  nodeCapacityBytes: number | null
  /** What the kubelet compares with its threshold; empty where nothing tells it. */
  signals: readonly MemorySignal[]
}

/** Whether a JSON value is meant as a file of pods in our own form. */
export function isPodsFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'pods' in value && !('kind' in value)
}

/**
 * The pods of a file in our own form.
 *
 * @throws StellaError (usage) that names the file and the field
 */
export function readPodsFile(value: unknown, from: string): PodsFile {
  const result = z.safeParse(fileShape, value)
  if (!result.success) throw wrongField(result.error, from)
  return {
    nodeCapacityBytes: result.data.nodeCapacityBytes ?? null,
    signals: [],
    pods: result.data.pods.map((pod, at) => podOf(pod, at, from)),
  }
}

function podOf(pod: z.infer<typeof podShape>, at: number, from: string): EvictionPod {
  const hasStats = pod.hasStats ?? pod.usageBytes !== null
  if (hasStats && typeof pod.usageBytes !== 'number') {
    throw usageError(
      `pods[${at}].usageBytes is missing`,
      from,
      'give its working set in bytes, or null where the kubelet has none',
    )
  }
  return {
    name: pod.name,
    requestBytes: pod.requestBytes,
    usageBytes: hasStats ? (pod.usageBytes ?? null) : null,
    limitBytes: pod.limitBytes ?? null,
    priority: pod.priority ?? 0,
    isStatic: pod.static ?? false,
    priorityClassName: pod.priorityClassName ?? null,
    qosClass: pod.qosClass ?? null,
    containerRequests: [pod.requestBytes],
  }
}

function wrongField(error: z.core.$ZodError, from: string): Error {
  const [issue] = error.issues
  const path = fieldPath(issue?.path ?? [])
  const expected =
    issue?.code === 'invalid_type' ? `must be ${words(issue.expected)}` : 'is out of range'
  return usageError(
    `${path} ${expected}`,
    from,
    'write pods as {"name","requestBytes","usageBytes","priority"}, sizes in bytes',
  )
}

function words(expected: string): string {
  return expected === 'int' ? 'a whole number' : `of type ${expected}`
}
