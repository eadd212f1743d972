import type { KsmOfProcess } from '../../model/ksm.ts'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** How much of one process is merged with others; null where the kernel does not tell, or may not be asked. */
export function readKsmOfProcess(reader: Reader, pid: number): KsmOfProcess | null {
  const stat = textOrNull(reader, `/proc/${pid}/ksm_stat`) ?? ''
  const mergingPages =
    field(stat, 'ksm_merging_pages') ??
    integer(textOrNull(reader, `/proc/${pid}/ksm_merging_pages`)?.trim())
  if (mergingPages === null) return null
  return { pid, mergingPages, profitBytes: field(stat, 'ksm_process_profit') }
}

function field(text: string, name: string): number | null {
  return integer(new RegExp(`^${name} (-?\\d{1,18})$`, 'm').exec(text)?.[1])
}

function integer(word: string | undefined): number | null {
  return word !== undefined && /^-?\d{1,18}$/.test(word) ? Number(word) : null
}
