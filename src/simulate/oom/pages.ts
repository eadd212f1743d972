import type { ProcessMemory } from '../../model/memory.ts'
import type { BadnessInputs } from '../../parsers/kernel-log/badness.ts'

/**
 * What the kernel adds up for a process, in pages; null where its resident memory or its adjustment is not known. Swap and
 * page tables that are not told count as none.
 */
export function badnessInputs(
  process: Pick<ProcessMemory, 'rssBytes' | 'swapBytes' | 'pageTableBytes' | 'oomScoreAdj'>,
  pageSizeBytes: number,
): BadnessInputs | null {
  const { rssBytes, swapBytes, pageTableBytes, oomScoreAdj } = process
  if (rssBytes === null || oomScoreAdj === null) return null
  const pages = (bytes: number | null) => Math.floor((bytes ?? 0) / pageSizeBytes)
  return {
    rssPages: pages(rssBytes),
    swapPages: pages(swapBytes),
    pageTablePages: pages(pageTableBytes),
    oomScoreAdj,
  }
}
