import { KIB } from '../../model/bytes.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Sample } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import type { ProcessKey } from '../../parsers/series/recording-line.ts'
import { textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'

/** A process of the round: who it is, and how large the kernel's quick count says it is. */
export interface LivingProcess {
  key: ProcessKey
  residentPages: number
}

/** Reads processes round after round. */
export interface ProcessSampler {
  /** Those of the PIDs that live, the largest first. */
  living(pids: readonly number[]): LivingProcess[]
  /** What a process has; null: it is gone. */
  sample(key: ProcessKey, at: Instant): Sample | null
}

/** name, state, and behind 18 fields more the start in ticks, the address space and the resident pages (proc_pid_stat(5)). */
const STAT = /^\d+ \((.*)\) (\S)(?: \S+){18} (\d+) \d+ (\d+)/s
/** USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

export function createProcessSampler(reader: Reader): ProcessSampler {
  /** The kernel tells the boot in whole seconds, and moves it with the clock: each start is worked out once. */
  let starts = new Map<string, Instant>()

  function living(pids: readonly number[]): LivingProcess[] {
    const found: LivingProcess[] = []
    const seen = new Map<string, Instant>()
    let boot: Instant | null | undefined
    for (const pid of pids) {
      const match = STAT.exec(textOrNull(reader, `/proc/${pid}/stat`) ?? '')
      if (match === null || match[2] === 'Z') continue
      const id = `${pid} ${match[3]}`
      let startedAt = starts.get(id)
      if (startedAt === undefined) {
        boot ??= bootedAt(reader)
        if (boot === null) continue
        startedAt = boot + (Number(match[3]) * 1_000) / TICKS_PER_SECOND
      }
      seen.set(id, startedAt)
      const key = { pid, startedAt, name: match[1] ?? null }
      found.push({ key, residentPages: Number(match[4]) })
    }
    starts = seen
    return found.toSorted((a, b) => b.residentPages - a.residentPages)
  }

  return {
    living,
    sample({ pid }, at) {
      const status = textOrNull(reader, `/proc/${pid}/status`)
      return status === null ? null : processSample(at, status)
    },
  }
}

function processSample(at: Instant, status: string): Sample | null {
  const kib = (name: string): number | null => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)
    return match === null ? null : Number(match[1]) * KIB
  }
  const usageBytes = kib('VmRSS')
  if (usageBytes === null) return null
  const anonBytes = kib('RssAnon')
  const shmemBytes = kib('RssShmem')
  return {
    at,
    ...NO_SAMPLE,
    usageBytes,
    unreclaimableBytes: anonBytes === null || shmemBytes === null ? null : anonBytes + shmemBytes,
    anonBytes,
    fileBytes: kib('RssFile'),
    shmemBytes,
    kernelBytes: kib('VmPTE'),
    swapBytes: kib('VmSwap'),
    peakBytes: kib('VmHWM'),
  }
}

function bootedAt(reader: Reader): Instant | null {
  const seconds = /^btime (\d+)$/m.exec(textOrNull(reader, '/proc/stat') ?? '')?.[1]
  return seconds === undefined ? null : Number(seconds) * 1_000
}
