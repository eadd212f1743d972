import type { KsmState } from '../../model/ksm.ts'
import { readText, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

const FOLDER = '/sys/kernel/mm/ksm'

/** Same-page merging of the machine; null where the kernel has none, or /sys does not show it. */
export function readKsm(reader: Reader): KsmState | null {
  const of = (name: string): number | null => integer(textOrNull(reader, `${FOLDER}/${name}`))
  const run = of('run')
  const pageSizeBytes = readPageSize(reader)
  if (run === null || pageSizeBytes === null) return null
  return {
    run,
    pageSizeBytes,
    pagesShared: of('pages_shared'),
    pagesSharing: of('pages_sharing'),
    generalProfitBytes: of('general_profit'),
  }
}

/** Of this machine: its first mapping tells it (proc_pid_smaps(5)). */
export function readPageSize(reader: Reader): number | null {
  const head = readText(reader, '/proc/self/smaps', 4096)
  const kib = /^KernelPageSize: +(\d{1,7}) kB$/m.exec(head.ok ? head.text : '')?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}

function integer(text: string | null): number | null {
  const word = text?.trim() ?? ''
  return /^-?\d{1,18}$/.test(word) ? Number(word) : null
}
