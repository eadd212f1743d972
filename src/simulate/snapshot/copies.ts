/** How much is written while the child lives. Null is "not known". */
export interface WriteLoad {
  /** Pages of 4 KiB that are written to, counting a page each time. */
  pagesPerSecond: number | null
  /** From the fork to the end of the child. */
  seconds: number | null
  /** What the kernel copies for one written byte: 4 KiB, or 2 MiB for a huge page before Linux 5.8. */
  copiedPageBytes: number
  /** What the last snapshot copied. */
  lastCopiedBytes: number | null
}

/** Memory that is copied because it is written to while parent and child share it. */
export interface CopyEstimate {
  /** Writes that hit all pages alike; null where nothing tells how many there are. */
  expectedBytes: number | null
  /** Writes that never hit a page twice, and at most everything. */
  mostBytes: number
  /** What it rests on. */
  basis: 'writes' | 'last-snapshot' | 'writes-and-last-snapshot' | 'nothing'
}

/**
 * Of N pages that are written to at random, w · t times in all, N · (1 − e^(−w·t/N)) are hit at least once: each is copied
 * once. The last snapshot's figure counts twice at most, for the load may have grown since.
 */
export function estimateCopies(dataBytes: number, load: WriteLoad): CopyEstimate {
  const byWrites = estimateByWrites(dataBytes, load)
  const byLast = estimateByLast(dataBytes, load.lastCopiedBytes)
  if (byWrites === null) return byLast ?? everything(dataBytes)
  if (byLast === null) return byWrites
  return {
    expectedBytes: Math.max(byWrites.expectedBytes ?? 0, byLast.expectedBytes ?? 0),
    mostBytes: Math.max(byWrites.mostBytes, byLast.mostBytes),
    basis: 'writes-and-last-snapshot',
  }
}

/**
 * When so many bytes are copied, at the expected pace: t = −N/w · ln(1 − bytes / data).
 *
 * @returns seconds; null where the child ends before, or the pace is not known
 */
export function secondsUntilCopied(
  dataBytes: number,
  { pagesPerSecond, seconds, copiedPageBytes }: WriteLoad,
  bytes: number,
): number | null {
  if (bytes <= 0) return 0
  if (pagesPerSecond === null || pagesPerSecond === 0 || bytes >= dataBytes) return null
  const pages = dataBytes / copiedPageBytes
  const until = (-pages / pagesPerSecond) * Math.log1p(-bytes / dataBytes)
  return seconds !== null && until > seconds ? null : until
}

function estimateByWrites(
  dataBytes: number,
  { pagesPerSecond, seconds, copiedPageBytes }: WriteLoad,
): CopyEstimate | null {
  if (pagesPerSecond === 0) return { expectedBytes: 0, mostBytes: 0, basis: 'writes' }
  if (pagesPerSecond === null || seconds === null || dataBytes === 0) return null
  const touched = pagesPerSecond * seconds
  const pages = dataBytes / copiedPageBytes
  return {
    expectedBytes: Math.round(-dataBytes * Math.expm1(-touched / pages)),
    mostBytes: Math.min(dataBytes, Math.ceil(touched) * copiedPageBytes),
    basis: 'writes',
  }
}

function estimateByLast(dataBytes: number, lastCopiedBytes: number | null): CopyEstimate | null {
  if (lastCopiedBytes === null) return null
  return {
    expectedBytes: Math.min(dataBytes, lastCopiedBytes),
    mostBytes: Math.min(dataBytes, 2 * lastCopiedBytes),
    basis: 'last-snapshot',
  }
}

function everything(dataBytes: number): CopyEstimate {
  return { expectedBytes: null, mostBytes: dataBytes, basis: 'nothing' }
}
