import type { Sample } from '../model/series.ts'

/**
 * What never leaves without swap: unreclaimable memory without pages that only wait to be written, which a program that copies
 * a large file has plenty of for a moment.
 */
export function ownBytes(sample: Sample): number | null {
  const { unreclaimableBytes, anonBytes, shmemBytes, kernelBytes, socketBytes } = sample
  if (anonBytes === null || shmemBytes === null || kernelBytes === null) return unreclaimableBytes
  const own = anonBytes + shmemBytes + kernelBytes + (socketBytes ?? 0)
  return Math.min(own, unreclaimableBytes ?? own)
}
