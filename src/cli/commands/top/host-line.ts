import type { Snapshot } from '../../../watch/row.ts'
import { shortBytes, shortNumber, shortPercent } from '../../render/screen-figures.ts'

/** The machine in one line of at most 80 columns. */
export function hostLine({ host }: Snapshot): string {
  const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = host
  const share = totalBytes === null || availableBytes === null ? null : availableBytes / totalBytes
  return [
    `host ${shortBytes(availableBytes)} of ${shortBytes(totalBytes)} available (${shortPercent(share)})`,
    swapText(swapTotalBytes, swapFreeBytes),
    `PSI some ${shortNumber(host.someAvg10)} full ${shortNumber(host.fullAvg10)}`,
    `OOM ${host.newOomKills ?? '-'}`,
  ].join('  ')
}

function swapText(total: number | null, free: number | null): string {
  if (total === 0) return 'no swap'
  return `swap ${shortBytes(free)} of ${shortBytes(total)} free`
}
