import { formatBytes } from '../model/bytes.ts'
import type { KsmReading } from '../model/ksm.ts'

/** What same-page merging saves; nothing where it is off and nothing of these processes is merged. */
export function ksmSays({ machine, processes }: KsmReading): string[] {
  if (machine === null) return []
  const { run, pageSizeBytes, pagesShared, pagesSharing } = machine
  const merged = processes.reduce((sum, { mergingPages }) => sum + mergingPages, 0)
  if (run !== 1 && merged === 0) return []
  const own =
    merged === 0
      ? 'none of its pages are merged: a program must ask for it (madvise MADV_MERGEABLE, or prctl PR_SET_MEMORY_MERGE)'
      : `${formatBytes(merged * pageSizeBytes)} of its memory are merged with equal pages${profitOf(processes)}`
  const whole =
    pagesShared === null || pagesSharing === null
      ? ''
      : `; on the whole machine ${formatBytes(pagesShared * pageSizeBytes)} stand for ${formatBytes((pagesShared + pagesSharing) * pageSizeBytes)}`
  const state = run === 1 ? 'same-page merging (KSM) is on' : 'same-page merging (KSM) is stopped'
  return [`${state}: ${own}${whole}`]
}

function profitOf(processes: KsmReading['processes']): string {
  const known = processes.map(({ profitBytes }) => profitBytes)
  const sum = known.reduce<number | null>(
    (total, profit) => (total === null || profit === null ? null : total + profit),
    0,
  )
  return sum === null || sum <= 0 ? '' : `, which saves ${formatBytes(sum)}`
}
