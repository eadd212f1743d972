import type { GroupFigures } from '../figures.ts'
import { kindsOf } from './kinds.ts'
import { amount, listed } from './sentences.ts'

/** What no process maps, and so no figure of processes can hold; null where that is next to nothing, or not known. */
export function outsideProcesses(group: GroupFigures | null): string | null {
  if (group === null) return null
  const { fileBytes, mappedBytes, kernelBytes } = kindsOf(group)
  const unmapped =
    fileBytes === null || mappedBytes === null ? null : Math.max(0, fileBytes - mappedBytes)
  const parts = [
    ...amount(unmapped, 'of page cache and tmpfs that no process maps'),
    ...amount(kernelBytes, "of the kernel's own"),
  ]
  return parts.length === 0 ? null : `left out are ${listed(parts)}`
}
