import { PerformanceObserver, constants } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

export interface HeapFigures {
  limitBytes: number
  /** Garbage too. */
  usedBytes: number
  /** What the last full collection left: it cannot go. Before the first one, what is used. */
  liveBytes: number
}

export interface HeapWatch {
  read(): HeapFigures
  /** False once there was a full collection since it was read. */
  isAsRead(): boolean
  stop(): void
}

/** Follows V8's heap. What is used says little by itself, for V8 collects late where it has room. */
export function watchHeap(): HeapWatch {
  let live: number | null = null
  let isAsRead = false
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(isMajor)) return
    live = getHeapStatistics().used_heap_size
    isAsRead = false
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    isAsRead: () => isAsRead,
    read() {
      isAsRead = true
      const { heap_size_limit: limitBytes, used_heap_size: usedBytes } = getHeapStatistics()
      return { limitBytes, usedBytes, liveBytes: Math.min(live ?? usedBytes, usedBytes) }
    },
    stop: () => observer.disconnect(),
  }
}

function isMajor(entry: object): boolean {
  const detail: unknown = 'detail' in entry ? entry.detail : null
  return (
    typeof detail === 'object' &&
    detail !== null &&
    'kind' in detail &&
    detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
  )
}
