import { hostNotesFormat } from '../../parsers/proc/host-notes.ts'
import { meminfoFormat } from '../../parsers/proc/meminfo.ts'
import { pressureFormat } from '../../parsers/proc/pressure.ts'
import { vmstatFormat } from '../../parsers/proc/vmstat.ts'
import { zoneinfoFormat } from '../../parsers/proc/zoneinfo.ts'
import type { TextFormat } from '../../parsers/format.ts'
import { readText, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'

const FILES: readonly { path: string; format: TextFormat }[] = [
  { path: '/proc/meminfo', format: meminfoFormat },
  { path: '/proc/vmstat', format: vmstatFormat },
  { path: '/proc/pressure/memory', format: pressureFormat },
  { path: '/proc/zoneinfo', format: zoneinfoFormat },
]

/** Settings that decide when, how and whom the kernel kills (Documentation/admin-guide/sysctl/vm.rst). */
const SYSCTLS = [
  'vm.overcommit_memory',
  'vm.overcommit_ratio',
  'vm.overcommit_kbytes',
  'vm.panic_on_oom',
  'vm.oom_kill_allocating_task',
  'vm.oom_dump_tasks',
  'vm.swappiness',
  'vm.min_free_kbytes',
  'vm.watermark_scale_factor',
  'vm.admin_reserve_kbytes',
  'vm.user_reserve_kbytes',
  'vm.dirty_ratio',
  'vm.dirty_background_ratio',
  'vm.dirty_bytes',
  'vm.max_map_count',
  'vm.nr_hugepages',
  'kernel.panic',
] as const

/** Reads the machine's memory: its state, counters, pressure and settings. */
export function readHost(reader: Reader): Reading {
  const reading = emptyReading()
  for (const { path, format } of FILES) {
    const read = readText(reader, path)
    if (read.ok) {
      const origin = { from: path, readAt: reader.now(), source: null }
      reading.observations.push(...format.parse(read.text, origin))
    } else if (read.problem.kind !== 'missing') {
      reading.unknown.push(`${path} could not be read: ${read.problem.code}`)
    }
  }
  const origin = {
    from: '/proc/version, /proc/stat, /proc/sys',
    readAt: reader.now(),
    source: null,
  }
  reading.observations.push(...hostNotesFormat.parse(notes(reader), origin))
  return reading
}

function notes(reader: Reader): string {
  const version = textOrNull(reader, '/proc/version')?.trim() ?? ''
  const boot = /^btime \d+$/m.exec(textOrNull(reader, '/proc/stat') ?? '')?.[0] ?? ''
  const settings = SYSCTLS.map((name) => {
    const value = textOrNull(reader, `/proc/sys/${name.replace('.', '/')}`)?.trim()
    return value === undefined ? '' : `${name} = ${value}`
  })
  return [version, boot, ...settings].filter((line) => line !== '').join('\n')
}
