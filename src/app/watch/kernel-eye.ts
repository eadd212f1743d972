/** Looks at the kernel log as it grows, and hands over what is whole. */
import type { Instant } from '../../model/time.ts'
import { kernelLogEpoch } from '../../sources/kernel/clock.ts'
import { followKmsg } from '../../sources/kernel/follow-kmsg.ts'
import { bootIdOf } from '../../sources/proc/boot-id.ts'
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
const LOOK_MS = 10
/** While something is coming, the end of it is waited for. */
const SOON_MS = 3

export function openKernelEye({ reader, onTold, onBlind }: KernelEyeOptions): KernelEye {
  const opened = followKmsg(reader)
  if (!opened.ok) return blindEye(`cannot be read (${opened.problem.code})`, onBlind)
  const { follower } = opened
  const first = follower.take()
  // A kernel has always logged something: this is another device, as containers put in its place (/dev/null, /dev/console).
  if (first.records.length === 0) {
    follower.close()
    return blindEye('is not the kernel log here', onBlind)
  }
  const batches = createReportBatches()
  const bootId = bootIdOf(reader) ?? 'unknown'
  let timer: NodeJS.Timeout | null = null

  function look({ records, lost } = follower.take()): void {
    if (lost > 0)
      onBlind(`${lost} records of the kernel log were overwritten before they were read`)
    const piece = batches.take(records, performance.now())
    if (piece !== null) onTold(toldBy(piece, clockOf(reader, bootId)))
    timer = setTimeout(() => look(), records.length > 0 ? SOON_MS : LOOK_MS)
  }
  look(first)
  return {
    sees: true,
    close() {
      if (timer !== null) clearTimeout(timer)
      follower.close()
    },
  }
}

function blindEye(why: string, onBlind: (says: string) => void): KernelEye {
  onBlind(
    `/dev/kmsg ${why}: kills are found by the counters of groups and the events of engines alone, later and with less to say; run it as root, or with CAP_SYSLOG and --device /dev/kmsg`,
  )
  return { sees: false, close: () => undefined }
}

function clockOf(
  reader: Reader,
  bootId: string,
): { bootId: string; epoch: Instant; readAt: Instant } {
  return { bootId, epoch: kernelLogEpoch(reader), readAt: reader.now() }
}
