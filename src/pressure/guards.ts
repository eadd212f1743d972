/** What ends an experiment whatever it shows. */
import { formatBytes, GIB } from '../model/bytes.ts'
import type { HostReading } from '../sources/host/live.ts'
import type { Guards } from './experiment.ts'

/** Percent of ten seconds in which nobody on the machine could work for want of memory. */
export const PSI_CEILING = 10
const FLOOR_SHARE = 0.15

/** What the machine has to have left, where nobody says otherwise. */
export function usualFloorBytes(totalBytes: number | null): number {
  return Math.max(GIB, Math.ceil((totalBytes ?? 0) * FLOOR_SHARE))
}

/** Why it must not go on; null: it may. What cannot be read must not go on either, but PSI, which many kernels do not have. */
export function whyStop(host: HostReading, { hostFloorBytes, psiCeiling }: Guards): string | null {
  const { availableBytes, fullAvg10 } = host
  if (availableBytes === null) return 'what the machine has available cannot be read'
  if (availableBytes < hostFloorBytes) {
    return `the machine has ${formatBytes(availableBytes)} available, less than its floor of ${formatBytes(hostFloorBytes)}`
  }
  if (fullAvg10 !== null && fullAvg10 > psiCeiling) {
    return `nobody could work for want of memory ${fullAvg10} % of the last 10 s on this machine, more than ${psiCeiling} %`
  }
  return null
}
