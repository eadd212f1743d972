import { NO_LIMIT_BYTES } from '../model/bytes.ts'
import type { Sample } from '../model/series.ts'
import type { Instant } from '../model/time.ts'

/** Which figures the need was read from, the best first. */
export const MEASURES = ['unreclaimable', 'working-set', 'usage', 'anonymous'] as const
export type Measure = (typeof MEASURES)[number]

/** What a subject could not do without at one moment. */
export interface Need {
  at: Instant
  bytes: number
  measure: Measure
}

/** What each measure is, for people. */
export const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  unreclaimable: 'memory that the kernel cannot take back',
  'working-set': 'working set, in which page cache that is in use counts',
  usage: 'usage, in which all page cache counts',
  anonymous: 'anonymous memory, without what the kernel holds for it',
}

/** The need at one sample: page cache is left out as far as the sample tells it, and what was swapped out has to fit, too. */
export function needOf(sample: Sample): Need | null {
  const found = withoutCache(sample)
  if (found === null) return null
  const bytes = found.bytes + (sample.swapBytes ?? 0)
  return bytes >= 0 && bytes < NO_LIMIT_BYTES ? { at: sample.at, ...found, bytes } : null
}

function withoutCache(sample: Sample): Pick<Need, 'bytes' | 'measure'> | null {
  const { unreclaimableBytes, usageBytes, fileBytes, workingSetBytes, anonBytes } = sample
  if (unreclaimableBytes !== null) {
    const bytes = Math.min(unreclaimableBytes, heldBytes(sample) ?? unreclaimableBytes)
    return { bytes, measure: 'unreclaimable' }
  }
  if (usageBytes !== null && fileBytes !== null) {
    return { bytes: Math.max(0, usageBytes - fileBytes), measure: 'unreclaimable' }
  }
  if (workingSetBytes !== null) return { bytes: workingSetBytes, measure: 'working-set' }
  if (usageBytes !== null) return { bytes: usageBytes, measure: 'usage' }
  if (anonBytes === null) return null
  const { shmemBytes, kernelBytes, socketBytes } = sample
  const bytes = anonBytes + (shmemBytes ?? 0) + (kernelBytes ?? 0) + (socketBytes ?? 0)
  return { bytes, measure: 'anonymous' }
}

/**
 * What stays when dirty pages are written out: at a limit the kernel writes them and goes on, so they need no room. (300 MiB
 * written in a limit of 32 MiB: nobody is killed.) Null where a part is not known.
 */
function heldBytes(sample: Sample): number | null {
  const { anonBytes, shmemBytes, kernelBytes, socketBytes } = sample
  if (anonBytes === null || shmemBytes === null || kernelBytes === null) return null
  return anonBytes + shmemBytes + kernelBytes + (socketBytes ?? 0)
}
