import { formatBytes } from '../model/bytes.ts'
import type { SizingEvidence } from '../model/sizing.ts'

/**
 * Swap beside the limit is slow, shared with the whole machine, and of a container of Kubernetes a share that follows from its
 * request: the size makes room for what is in it now, and takes nothing off for what could still go there.
 */
export function swapBeside({ swapLimitBytes, swapBytes, subject }: SizingEvidence): string[] {
  if (swapLimitBytes === null || swapLimitBytes === 0) return []
  const now =
    swapBytes === null || swapBytes === 0
      ? ''
      : ` The ${formatBytes(swapBytes)} that it has there now count as needed.`
  const share =
    subject?.platform === 'kubernetes'
      ? ' Kubernetes makes that share from the request, and gives none where request and limit are the same: another request means another share.'
      : ''
  return [
    `It may have ${formatBytes(swapLimitBytes)} of swap beside the limit, which is no memory to count on: nothing was taken off for it.${now}${share}`,
  ]
}
