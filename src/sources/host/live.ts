import { parsePressure } from '../../parsers/cgroup/pressure.ts'
import { meminfoFormat } from '../../parsers/proc/meminfo.ts'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** The machine's memory at one time. Null is not known. */
export interface HostReading {
  totalBytes: number | null
  availableBytes: number | null
  swapTotalBytes: number | null
  swapFreeBytes: number | null
  /** /proc/pressure/memory, percent of the last ten seconds. */
  someAvg10: number | null
  fullAvg10: number | null
  /** Since the machine was started (oom_kill of /proc/vmstat, Linux 4.13). */
  oomKills: number | null
}

/** Reads the few figures of the machine that a live view shows. Never throws. */
export function readHostNow(reader: Reader): HostReading {
  const origin = { from: '/proc/meminfo', readAt: null, source: null }
  const parsed = meminfoFormat.parse(textOrNull(reader, '/proc/meminfo') ?? '', origin)
  const memory = parsed.map(({ fact }) => fact).find((fact) => fact.kind === 'host-memory')
  const pressure = parsePressure(textOrNull(reader, '/proc/pressure/memory') ?? '')
  const kills = /^oom_kill (\d{1,15})$/m.exec(textOrNull(reader, '/proc/vmstat') ?? '')?.[1]
  return {
    totalBytes: memory?.totalBytes ?? null,
    availableBytes: memory?.availableBytes ?? null,
    swapTotalBytes: memory?.swapTotalBytes ?? null,
    swapFreeBytes: memory?.swapFreeBytes ?? null,
    someAvg10: pressure?.some?.avg10 ?? null,
    fullAvg10: pressure?.full?.avg10 ?? null,
    oomKills: kills === undefined ? null : Number(kills),
  }
}
