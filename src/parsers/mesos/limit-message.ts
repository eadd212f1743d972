import { parseMesosBytes } from './bytes.ts'

export interface LimitMessage {
  memoryLimitExceeded: boolean
  requestedBytes: number | null
  maxUsedBytes: number | null
}

/**
 * What a task's message says about memory. The isolator of cgroup v1 writes "Memory limit exceeded: Requested: 64MB Maximum Used:
 * 64MB", that of v2 the first three words alone (memory.cpp of both isolators in the Mesos source).
 */
export function readLimitMessage(message: string): LimitMessage {
  const exceeded = message.indexOf('Memory limit exceeded')
  if (exceeded === -1)
    return { memoryLimitExceeded: false, requestedBytes: null, maxUsedBytes: null }
  const rest = message.slice(exceeded, exceeded + 300)
  return {
    memoryLimitExceeded: true,
    requestedBytes: amount(rest, /\bRequested: (\d+[KMGT]?B)\b/),
    maxUsedBytes: amount(rest, /\bMaximum Used: (\d+[KMGT]?B)\b/),
  }
}

function amount(text: string, pattern: RegExp): number | null {
  return parseMesosBytes(pattern.exec(text)?.[1] ?? '')
}
