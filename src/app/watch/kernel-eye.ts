/** Looks at the kernel log as it grows, and hands over what is whole. */
import type { Instant } from '../../model/time.ts'
import { kernelLogEpoch } from '../../sources/kernel/clock.ts'
import { followKmsg } from '../../sources/kernel/follow-kmsg.ts'
import { textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'
import { createReportBatches } from '../../watch/detect/report-batches.ts'
import { toldBy } from '../../watch/detect/told-kills.ts'
import type { Told } from '../../watch/detect/told-kills.ts'

export interface KernelEye {
  /** False: the kernel log cannot be read here. */
  readonly sees: boolean
  close(): void
}

export interface KernelEyeOptions {
  reader: Reader
  onTold(told: Told): void
  /** What was not seen, and what to do about it; null: nothing is hidden any more. */
  onBlind(says: string): void
}

/** The time between two looks: short enough that an answer is there at once, long enough to cost nothing. */
const LOOK_MS = 25
/** While something is coming, the end of it is waited for. */
const SOON_MS = 5

export function openKernelEye({ reader, onTold, onBlind }: KernelEyeOptions): KernelEye {
  const opened = followKmsg(reader)
  if (!opened.ok) {
    onBlind(
      `/dev/kmsg cannot be read (${opened.problem.code}): kills are found by the counters of groups and the events of engines alone, later and with less to say; run it as root, or with CAP_SYSLOG and /dev/kmsg`,
    )
    return { sees: false, close: () => undefined }
  }
  const { follower } = opened
  const batches = createReportBatches()
  const bootId = textOrNull(reader, '/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown'
  let timer: NodeJS.Timeout | null = null

  function look(): void {
    const { records, lost } = follower.take()
    if (lost > 0)
      onBlind(`${lost} records of the kernel log were overwritten before they were read`)
    const piece = batches.take(records, performance.now())
    if (piece !== null) onTold(toldBy(piece, clockOf(reader, bootId)))
    timer = setTimeout(look, records.length > 0 ? SOON_MS : LOOK_MS)
  }
  look()
  return {
    sees: true,
    close() {
      if (timer !== null) clearTimeout(timer)
      follower.close()
    },
  }
}

function clockOf(
  reader: Reader,
  bootId: string,
): { bootId: string; epoch: Instant; readAt: Instant } {
  return { bootId, epoch: kernelLogEpoch(reader), readAt: reader.now() }
}
