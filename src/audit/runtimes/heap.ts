import { formatBytes } from '../../model/bytes.ts'
import type { Container } from '../workload.ts'
import { heapOf, jvmOf } from './jvm.ts'
import { nodeOf } from './node.ts'

/** The heap that a runtime may grow to; null where the file does not say. */
export function heapCapOf(container: Container): { bytes: number; says: string } | null {
  const limit = container.effectiveLimit?.bytes ?? null
  const jvm = jvmOf(container)
  const heap = jvm === null || limit === null ? null : heapOf(jvm, limit)
  if (heap !== null) return { bytes: heap, says: `a Java heap of ${formatBytes(heap)}` }
  const node = nodeOf(container)
  if (!node?.oldSpace) return null
  const { bytes } = node.oldSpace
  return { bytes, says: `a Node.js heap of ${formatBytes(bytes)}` }
}
